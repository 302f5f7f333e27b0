import type { Capabilities, ColumnInfo, DialectFacts } from "../driver/index.ts";
import type { Identifier, Parameters, Sql } from "../sql/index.ts";
import type { Hook } from "./hooks.ts";
import type { ArrayRows, Fetching, StatementOptions, StreamOptions, WithSchema } from "./statement-options.ts";
import type { TransactionOptions } from "./transaction-options.ts";

/** A row as an object: column names to values. */
export type Row = Record<string, unknown>;

/** The rows of a statement: what its template or its caller says they are, else plain objects. */
export type RowOf<T> = unknown extends T ? Row : T;

/** What one statement gave. */
export interface Result<T = Row> {
  readonly rows: T[];
  /** Rows inserted, updated, deleted or returned; 0 when the engine does not count (DDL). */
  readonly rowCount: number;
  /** Every column, also those whose names repeat. */
  readonly columns: readonly ColumnInfo[];
  /** One entry per result, where the text held several statements. The first is the result itself. */
  readonly resultSets: readonly ResultSetRows[];
  /** The key that the engine made for the one row of an INSERT, where it tells it by itself (MySQL, MariaDB); elsewhere say `returning`. */
  readonly generatedKey?: string | number | bigint;
}

/** One of several results. */
export interface ResultSetRows {
  readonly rows: Row[];
  readonly rowCount: number;
  readonly columns: readonly ColumnInfo[];
}

/** What a stored procedure gave. */
export interface CallResult {
  /** Values of output parameters, by name. */
  readonly out: Readonly<Record<string, unknown>>;
  /** What a function returned, or a procedure's return code; `undefined` when there is none. */
  readonly returnValue: unknown;
  readonly resultSets: readonly ResultSetRows[];
}

/** A row to load: values in the order of the columns, or an object that has them by name (typed interfaces fit too). */
export type BulkRow = readonly unknown[] | object;

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
  execute(statement: Sql<unknown>, options: ArrayRows): Promise<Result<unknown[]>>;
  execute(text: string, parameters: Parameters | undefined, options: ArrayRows): Promise<Result<unknown[]>>;
  execute<T>(statement: Sql<unknown>, options: WithSchema<T>): Promise<Result<T>>;
  execute<T>(text: string, parameters: Parameters | undefined, options: WithSchema<T>): Promise<Result<T>>;
  execute<T = Row>(statement: Sql<T>, options?: StatementOptions): Promise<Result<RowOf<T>>>;
  execute<T = Row>(text: string, parameters?: Parameters, options?: StatementOptions): Promise<Result<T>>;

  /** Runs a statement and gives its rows; of a text of several statements those of the first one that gives any. */
  query(statement: Sql<unknown>, options: ArrayRows): Promise<unknown[][]>;
  query(text: string, parameters: Parameters | undefined, options: ArrayRows): Promise<unknown[][]>;
  query<T>(statement: Sql<unknown>, options: WithSchema<T>): Promise<T[]>;
  query<T>(text: string, parameters: Parameters | undefined, options: WithSchema<T>): Promise<T[]>;
  query<T = Row>(statement: Sql<T>, options?: StatementOptions): Promise<RowOf<T>[]>;
  query<T = Row>(text: string, parameters?: Parameters, options?: StatementOptions): Promise<T[]>;

  /** Gives exactly one row. @throws NoRowsError, TooManyRowsError */
  queryOne<T>(statement: Sql<unknown>, options: WithSchema<T>): Promise<T>;
  queryOne<T>(text: string, parameters: Parameters | undefined, options: WithSchema<T>): Promise<T>;
  queryOne<T = Row>(statement: Sql<T>, options?: StatementOptions): Promise<RowOf<T>>;
  queryOne<T = Row>(text: string, parameters?: Parameters, options?: StatementOptions): Promise<T>;

  /** Gives one row, or `undefined` when there is none. @throws TooManyRowsError */
  queryMaybeOne<T>(statement: Sql<unknown>, options: WithSchema<T>): Promise<T | undefined>;
  queryMaybeOne<T>(text: string, parameters: Parameters | undefined, options: WithSchema<T>): Promise<T | undefined>;
  queryMaybeOne<T = Row>(statement: Sql<T>, options?: StatementOptions): Promise<RowOf<T> | undefined>;
  queryMaybeOne<T = Row>(text: string, parameters?: Parameters, options?: StatementOptions): Promise<T | undefined>;

  /** Gives the first column of exactly one row. @throws NoRowsError, TooManyRowsError */
  queryScalar<T = unknown>(statement: Sql<unknown>, options?: StatementOptions): Promise<T>;
  queryScalar<T = unknown>(text: string, parameters?: Parameters, options?: StatementOptions): Promise<T>;

  /**
   * Gives rows as they come, in constant memory; nothing is fetched before it is asked for. Leaving the loop early closes the cursor.
   * In a session no other statement can run until the loop has ended. @throws TransactionStateError for one that tries
   */
  stream(statement: Sql<unknown>, options: ArrayRows & Fetching): AsyncIterable<unknown[]>;
  stream(text: string, parameters: Parameters | undefined, options: ArrayRows & Fetching): AsyncIterable<unknown[]>;
  stream<T>(statement: Sql<unknown>, options: WithSchema<T> & Fetching): AsyncIterable<T>;
  stream<T>(text: string, parameters: Parameters | undefined, options: WithSchema<T> & Fetching): AsyncIterable<T>;
  stream<T = Row>(statement: Sql<T>, options?: StreamOptions): AsyncIterable<RowOf<T>>;
  stream<T = Row>(text: string, parameters?: Parameters, options?: StreamOptions): AsyncIterable<T>;

  /**
   * Runs one text with many parameter sets by the engine's fastest path, all or nothing. An error names the failing set by
   * `parameterSetIndex` where the engine tells it.
   */
  executeMany(
    text: string,
    parameterSets: Iterable<Parameters>,
    options?: StatementOptions,
  ): Promise<{ rowCount: number }>;

  /**
   * Loads rows by the engine's bulk path (COPY, bulk load, array binds), all or nothing. The rows are read where the caller is: a stream of the
   * same database reads on a connection of its own. Inside one transaction or session the rows cannot come from the connection that they fill
   * (`TransactionStateError`).
   */
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
  /**
   * Aborted, with the reason, when the transaction ends before its callback: at its time limit or signal, when its connection is taken away, when
   * an outer one ends. For code in the callback that should stop then.
   */
  readonly signal: AbortSignal;
  /** Runs `work` inside a savepoint: when it rejects, only what it did is undone. */
  savepoint<R>(work: (inner: Transaction) => Promise<R>): Promise<R>;
  /**
   * Runs `hook` after the outermost commit, once the connection is back in the pool. Belongs to the savepoint that the calling code is inside of,
   * and is dropped with it. What it throws, or does not finish within `hookTimeoutMs`, is a `HookError` on the side.
   */
  onCommit(hook: Hook): void;
  /** Runs `hook` after this transaction, or the savepoint that the calling code is inside of, was rolled back. */
  onRollback(hook: Hook): void;
}
