import type { ErrorKind, LogicalType } from "@nsj/mdb-core";
import type { Bench } from "./bench.ts";

/** SQL that cannot be written the same way for every engine. Whatever is absent makes the cases that need it skip. */
export interface EngineSql {
  /** A query that gives one column `n` with the integers from 1 to `count`, in order. Used as a derived table too. */
  series(count: number): string;
  /** The definition of an integer column that is the primary key and that the database fills. The DAO suite needs it. */
  readonly identityKey?: string;
  /** A query that gives the server's version as text. */
  readonly version?: string;
  /** A query that gives its one row only after this time on the server. */
  sleep?(milliseconds: number): string;
  /** A query that gives rows, and fails on the server when it comes to row `at` of `count`. */
  failMidway?(count: number, at: number): string;
  /** A literal of this type. Default: the text in single quotes. */
  literal?(type: LogicalType, text: string): string;
  /**
   * Statements that leave a transaction open behind the driver's back, sent by `query`: `begin`, then a write to `table`, which has one integer
   * column `id`.
   */
  openTransaction?(table: string): readonly string[];
  /**
   * Statements of which the last one fails, and by which the server ends the open transaction by itself. `table` has one integer column `id`.
   */
  endTransaction?(table: string): readonly string[];
  /** A query that gives the isolation level of the current transaction, as a word that differs from level to level. */
  readonly currentIsolation?: string;
  /** Makes the session give up waiting for a lock after this time. */
  lockTimeout?(milliseconds: number): string;
  /** Makes the server stop the session's statements after this time. */
  statementTimeout?(milliseconds: number): string;
  /**
   * How to fail in a way that the suite cannot bring about by itself: statements of which the last one must fail, or a function that
   * gives or throws the native error. Asked for are `too-many-connections`, `value`, `serialization`, `lock-timeout`, `permission`,
   * `resource`, `unsupported`, `parameter` and `other`.
   */
  readonly failures?: Readonly<Partial<Record<ErrorKind, Failure>>>;
  /** Session state that a reset has to put back. */
  readonly session?: SessionSql;
  /** Stored procedures. Needed where the capability `procedures` is declared. */
  readonly procedure?: ProcedureSql;
}

/** See {@link EngineSql.failures}. */
export type Failure = readonly string[] | ((bench: Bench) => Promise<unknown>);

/** See {@link EngineSql.session}. */
export interface SessionSql {
  /** A setting of the session: `change` alters it, `read` gives it as one value. */
  readonly setting?: { readonly change: string; readonly read: string };
  /** Creates a temporary table with one integer column `id`, and says by which name it is found. */
  temporaryTable?(name: string): { readonly create: string; readonly name: string };
  /** A lock that the session holds outside any transaction: `take` gets it, `probe` gives `1` or `true` where nobody else holds it. */
  readonly lock?: { readonly take: string; readonly probe: string };
}

/** See {@link EngineSql.procedure}. */
export interface ProcedureSql {
  /**
   * Creates the procedure `name(a in integer, b in out integer, total out integer)` that inserts `a` into the column `id` of `table`, sets `total` to
   * `a + b` and doubles `b`.
   */
  create(name: string, table: string): readonly string[];
  drop(name: string): readonly string[];
}
