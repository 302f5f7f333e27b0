import type { Capabilities, ColumnInfo, DialectFacts } from "../driver/index.ts";
import type { Identifier, Parameters, Sql } from "../sql/index.ts";
import type { Hook } from "./hooks.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { TransactionOptions } from "./transaction-options.ts";

/** A row as an object: column names to values. */
export type Row = Record<string, unknown>;

/** The rows of a statement: what its template or its caller says they are, else plain objects. */
export type RowOf<T> = unknown extends T ? Row : T;

/** What every statement takes as its last argument. */
export interface StatementOptions<T = unknown> {
  /** Stops the statement on the server when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** A limit in milliseconds for waiting for a connection and for the statement itself, which is stopped on the server. */
  readonly timeoutMs?: number | undefined;
  /** A name for this statement in events. */
  readonly name?: string | undefined;
  /** Each row is checked by it and is what it gives. */
  readonly schema?: StandardSchema<T> | undefined;
}

/** How a stream fetches. */
export interface StreamOptions<T = unknown> extends StatementOptions<T> {
  /** Rows per round trip; 500 by default. */
  readonly fetchSize?: number | undefined;
}

/** What one statement gave. */
export interface Result<T = Row> {
  readonly rows: T[];
  /** Rows inserted, updated, deleted or returned; 0 when the engine does not count (DDL). */
  readonly rowCount: number;
  /** Every column, also those whose names repeat. */
  readonly columns: readonly ColumnInfo[];
  /** One entry per result, where the text held several statements. The first is the result itself. */
  readonly resultSets: readonly ResultSetRows[];
}

/** One of several results. */
export interface ResultSetRows {
  readonly rows: Row[];
  readonly rowCount: number;
  readonly columns: readonly ColumnInfo[];
}

/** What `call` gives. */
export interface CallResult {
  /** The values of output parameters, by name. */
  readonly out: Readonly<Record<string, unknown>>;
  /** What the procedure or function returned; `undefined` when nothing. */
  readonly returnValue: unknown;
  readonly resultSets: readonly ResultSetRows[];
}

/**
 * A row for `bulkInsert`: an array with its values in the order of the columns, or an object with at least the columns' names as its own
 * properties.
 */
export type BulkRow = object;

/**
 * What runs statements: a `Database` (each statement on its own), a `Session`, a `Transaction`, a pinned connection. Functions and
 * DAOs that take an `Executor` work with all of them. May be called concurrently: a database runs concurrent statements on several
 * connections, a session one after another in the order of the calls.
 *
 * Every method rejects with an `MdbError`; `ParameterError` before anything is sent.
 */
export interface Executor {
  /** The label of the database. */
  readonly label: string;
  /** The engine's name: `"postgres"`. */
  readonly engine: string;
  /** What differs in this engine's SQL. */
  readonly dialect: DialectFacts;
  /** What this engine can do. */
  readonly capabilities: Capabilities;

  /** Runs a statement and gives everything about its result. */
  execute<T = Row>(statement: Sql<T>, options?: StatementOptions<T>): Promise<Result<RowOf<T>>>;
  execute<T = Row>(text: string, parameters?: Parameters, options?: StatementOptions<T>): Promise<Result<T>>;

  /** Runs a statement and gives its rows. */
  query<T = Row>(statement: Sql<T>, options?: StatementOptions<T>): Promise<RowOf<T>[]>;
  query<T = Row>(text: string, parameters?: Parameters, options?: StatementOptions<T>): Promise<T[]>;

  /** Gives exactly one row. @throws NoRowsError, TooManyRowsError */
  queryOne<T = Row>(statement: Sql<T>, options?: StatementOptions<T>): Promise<RowOf<T>>;
  queryOne<T = Row>(text: string, parameters?: Parameters, options?: StatementOptions<T>): Promise<T>;

  /** Gives one row, or `undefined` when there is none. @throws TooManyRowsError */
  queryMaybeOne<T = Row>(statement: Sql<T>, options?: StatementOptions<T>): Promise<RowOf<T> | undefined>;
  queryMaybeOne<T = Row>(text: string, parameters?: Parameters, options?: StatementOptions<T>): Promise<T | undefined>;

  /** Gives the first column of exactly one row. @throws NoRowsError, TooManyRowsError */
  queryScalar<T = unknown>(statement: Sql<unknown>, options?: StatementOptions): Promise<T>;
  queryScalar<T = unknown>(text: string, parameters?: Parameters, options?: StatementOptions): Promise<T>;

  /**
   * Gives rows as they come, in constant memory; nothing is fetched before it is asked for. Leaving the loop early closes the cursor.
   * In a session no other statement can run until the loop has ended. @throws TransactionStateError for one that tries
   */
  stream<T = Row>(statement: Sql<T>, options?: StreamOptions<T>): AsyncIterable<RowOf<T>>;
  stream<T = Row>(text: string, parameters?: Parameters, options?: StreamOptions<T>): AsyncIterable<T>;

  /**
   * Runs one text with many parameter sets by the engine's fastest path, all or nothing. An error names the failing set by
   * `parameterSetIndex` where the engine tells it.
   */
  executeMany(
    text: string,
    parameterSets: Iterable<Parameters>,
    options?: StatementOptions,
  ): Promise<{ rowCount: number }>;

  /** Loads rows by the engine's bulk path (COPY, bulk load, array binds), all or nothing. */
  bulkInsert(
    table: string | Identifier,
    columns: readonly string[],
    rows: Iterable<BulkRow> | AsyncIterable<BulkRow>,
    options?: StatementOptions,
  ): Promise<{ rowCount: number }>;

  /** Runs a stored procedure: `call("sales.transfer", { from: 1, to: 2, balance: sql.out("decimal") })`. */
  call(
    procedure: string | Identifier,
    parameters?: Readonly<Record<string, unknown>>,
    options?: StatementOptions,
  ): Promise<CallResult>;

  /**
   * Runs `work` in a transaction: commits when it resolves, rolls back when it rejects. On a session or transaction: a savepoint.
   * Resolved means committed.
   */
  transaction<R>(work: (transaction: Transaction) => Promise<R>, options?: TransactionOptions): Promise<R>;
}

/**
 * The handle inside a transaction's callback: runs statements in that transaction. It ends with the callback; then everything is refused
 * with `TransactionClosedError`, also while another transaction holds the same connection.
 */
export interface Transaction extends Executor {
  /** Runs `work` inside a savepoint: when it rejects, only what it did is undone. */
  savepoint<R>(work: (inner: Transaction) => Promise<R>): Promise<R>;
  /** Runs `hook` after the outermost commit, once the connection is back in the pool. What it throws is a `HookError` on the side. */
  onCommit(hook: Hook): void;
  /** Runs `hook` after this transaction, or the savepoint it belongs to, was rolled back. */
  onRollback(hook: Hook): void;
}
