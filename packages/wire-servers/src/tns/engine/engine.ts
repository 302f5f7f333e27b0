import type { OracleColumn, OracleType, OracleValue } from "../values/oracle-type.ts";
import type { OracleError } from "./oracle-error.ts";

/** One value that the client binds. */
export interface Bind {
  readonly type: OracleType;
  /** Bytes at most, for a value that comes back. */
  readonly size: number;
  readonly value: OracleValue;
}

/** Rows of a query on their way; they outlive the transaction, as Oracle's do. */
export interface RowSource {
  readonly columns: readonly OracleColumn[];
  /** The next rows, at most so many. `done` once the last one was given. */
  read(count: number): Promise<{ readonly rows: readonly (readonly OracleValue[])[]; readonly done: boolean }>;
  close(): Promise<void>;
}

/** What a bind of a PL/SQL block gives back. */
export type OutValue = OracleValue | RowSource;

/** What an execution gave. */
export interface Outcome {
  /** Rows inserted, updated, deleted or merged, all iterations together. */
  readonly rowCount: number;
  /** The rows of a query. */
  readonly source?: RowSource;
  /** For RETURNING INTO: per iteration, per return bind, the values of the rows concerned. */
  readonly returned?: readonly (readonly (readonly OracleValue[])[])[];
  /** For PL/SQL: what each bind is, and the values of those that are not only read, per iteration. */
  readonly out?: {
    readonly directions: readonly ("in" | "out" | "inout")[];
    readonly values: readonly (readonly OutValue[])[];
  };
  /** For PL/SQL: result sets that it returned without a bind. */
  readonly implicitResults?: readonly RowSource[];
  /** Iterations that failed, where it was asked to go on after them. */
  readonly batchErrors?: readonly { readonly index: number; readonly error: OracleError }[];
}

/** How to run a statement. */
export interface ExecuteOptions {
  /** Go on after an iteration that fails. */
  readonly batchErrors: boolean;
  /** Commit afterwards, unless it fails. */
  readonly commit: boolean;
  /** Rows of a query that will be asked for at once. */
  readonly prefetch: number;
}

/** A text that was parsed. */
export interface EngineStatement {
  readonly kind: "query" | "dml" | "ddl" | "plsql" | "control";
  /** Which of its binds, counted from 0 in the order of the text, stand behind RETURNING ... INTO. */
  readonly returnBinds: ReadonlySet<number>;
  /** Executes once per row of binds; once for no row. Rejects with an {@link OracleError}. */
  execute(rows: readonly (readonly Bind[])[], options: ExecuteOptions): Promise<Outcome>;
}

/** One session of the database behind the wire. One call at a time, except `interrupt`. */
export interface Engine {
  /** A change is neither committed nor rolled back. */
  readonly transactionInProgress: boolean;
  /** Called at most once, when the database behind is lost. */
  onLost: ((error: Error) => void) | null;
  /** @throws OracleError for a text that Oracle, or this server, does not understand. */
  prepare(text: string): EngineStatement;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  setSchema(name: string): Promise<void>;
  setClientIdentifier(identifier: string): Promise<void>;
  /** Stops what runs now, which then rejects with ORA-01013 as everything does from then on. Resolves once nothing runs. */
  interrupt(): Promise<void>;
  /** Takes calls again after `interrupt`. */
  resume(): void;
  close(): Promise<void>;
}
