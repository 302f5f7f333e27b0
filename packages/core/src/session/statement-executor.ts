import type { Capabilities, DialectFacts, MaybePromise, ResultSet, Statement } from "../driver/index.ts";
import { NoRowsError, TooManyRowsError } from "../errors/index.ts";
import type { Identifier, Parameters } from "../sql/index.ts";
import { boundsFrom, unbounded } from "./bounds.ts";
import { bulkInsert } from "./bulk-insert.ts";
import { callProcedure, outputsOf } from "./call-procedure.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { isQueryTraced, traceQuery } from "./diagnostics.ts";
import { executeMany } from "./execute-many.ts";
import type {
  BulkRow,
  CallResult,
  Executor,
  Result,
  ResultSetRows,
  Row,
  RowOf,
  StatementOptions,
  StreamOptions,
  Transaction,
} from "./executor.ts";
import type { Hold } from "./hold.ts";
import type { Operation } from "./operation.ts";
import { RowIterable } from "./row-stream.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { checkStatementOptions, noOptions, readArguments, type Text } from "./statement-arguments.ts";
import type { TransactionOptions } from "./transaction-options.ts";
import { validateRows } from "./validate-rows.ts";

const internals: unique symbol = Symbol.for("@nsj/mdb/executor") as never;

/** What the DAOs need of an executor beyond its public side. */
export interface ExecutorInternals {
  readonly context: DatabaseContext;
  /** Runs a compiled statement. */
  send(statement: Statement, options: StatementOptions): MaybePromise<ResultSet>;
  /** Runs several statements so that all or none of them count. */
  atomically<R>(work: (executor: Executor) => Promise<R>): Promise<R>;
}

/** The inner side of an executor of whichever copy of this package; `undefined` for anything else. */
export function internalsOf(executor: unknown): ExecutorInternals | undefined {
  if (typeof executor !== "object" || executor === null) return undefined;
  return (executor as { readonly [internals]?: ExecutorInternals })[internals];
}

/** Everything that executors have in common; how a statement gets its connection is what they differ in. */
export abstract class StatementExecutor implements Executor {
  /** What it knows of its database. */
  protected readonly context: DatabaseContext;

  constructor(context: DatabaseContext) {
    this.context = context;
    this[internals] = {
      context,
      send: (statement, options) => this.#send(statement, options),
      atomically: (work) => this.atomically(work),
    };
  }

  readonly [internals]: ExecutorInternals;

  get label(): string {
    return this.context.database;
  }

  get engine(): string {
    return this.context.engine;
  }

  get dialect(): DialectFacts {
    return this.context.dialect;
  }

  get capabilities(): Capabilities {
    return this.context.capabilities;
  }

  /** Runs one operation on the right connection. Gives a promise only where it has to wait, and may throw where it has not. */
  protected abstract run<T>(operation: Operation<T>): MaybePromise<T>;

  /** Takes the connection for a stream. @param abandon - closes that stream when a transaction around it ends first */
  protected abstract hold(bounds: StatementOptions, abandon: () => Promise<void>): Promise<Hold>;

  /** Runs several statements so that all or none of them count. */
  protected abstract atomically<R>(work: (executor: StatementExecutor) => Promise<R>): Promise<R>;

  abstract transaction<R>(work: (transaction: Transaction) => Promise<R>, options?: TransactionOptions): Promise<R>;

  async execute<T = Row>(text: Text, ...rest: readonly unknown[]): Promise<Result<RowOf<T>>> {
    const { statement, options } = readArguments<T>(this.context, text, rest);
    const sent = this.#send(statement, options);
    const result = sent instanceof Promise ? await sent : sent;
    const first = this.#rowsOf(result);
    const resultSets = [first];
    for (let next = result.next; next !== undefined; next = next.next) resultSets.push(this.#rowsOf(next));
    const rows = await this.#validated<RowOf<T>>(first.rows, statement, options);
    return { rows, rowCount: first.rowCount, columns: first.columns, resultSets };
  }

  async query<T = Row>(text: Text, ...rest: readonly unknown[]): Promise<RowOf<T>[]> {
    const { statement, options } = readArguments<T>(this.context, text, rest);
    const sent = this.#send(statement, options);
    const result = sent instanceof Promise ? await sent : sent;
    const rows = this.context.mapper(result.columns).toObjects(result.rows);
    return options.schema === undefined ? (rows as RowOf<T>[]) : this.#validated<RowOf<T>>(rows, statement, options);
  }

  async queryOne<T = Row>(text: Text, ...rest: readonly unknown[]): Promise<RowOf<T>> {
    const { statement, options } = readArguments<T>(this.context, text, rest);
    const sent = this.#send(statement, options);
    const row = this.#atMostOne(sent instanceof Promise ? await sent : sent, statement);
    if (row === undefined) throw this.#noRows(statement);
    return options.schema === undefined ? (row as RowOf<T>) : this.#validatedOne<RowOf<T>>(row, statement, options);
  }

  async queryMaybeOne<T = Row>(text: Text, ...rest: readonly unknown[]): Promise<RowOf<T> | undefined> {
    const { statement, options } = readArguments<T>(this.context, text, rest);
    const sent = this.#send(statement, options);
    const row = this.#atMostOne(sent instanceof Promise ? await sent : sent, statement);
    if (row === undefined || options.schema === undefined) return row as RowOf<T> | undefined;
    return this.#validatedOne<RowOf<T>>(row, statement, options);
  }

  async queryScalar<T = unknown>(text: Text, ...rest: readonly unknown[]): Promise<T> {
    const { statement, options } = readArguments<never>(this.context, text, rest);
    const sent = this.#send(statement, options);
    const result = sent instanceof Promise ? await sent : sent;
    const row = this.#atMostOneRow(result, statement);
    if (row === undefined) throw this.#noRows(statement);
    return this.context.mapper(result.columns).first(row) as T;
  }

  stream<T = Row>(text: Text, ...rest: readonly unknown[]): AsyncIterable<T> {
    const { statement, options } = readArguments<T>(this.context, text, rest);
    return new RowIterable<T>(this.context, statement, options as StreamOptions<T>, {
      hold: (abandon) => this.hold(options, abandon),
      collect: async () => this.#send(statement, options),
    });
  }

  async executeMany(
    text: string,
    parameterSets: Iterable<Parameters>,
    options: StatementOptions = noOptions,
  ): Promise<{ rowCount: number }> {
    checkStatementOptions(this.context, options);
    return this.atomically(async (executor) =>
      executor.#runAs(text, options, executeMany(executor.context, text, parameterSets)),
    );
  }

  async bulkInsert(
    table: string | Identifier,
    columns: readonly string[],
    rows: Iterable<BulkRow> | AsyncIterable<BulkRow>,
    options: StatementOptions = noOptions,
  ): Promise<{ rowCount: number }> {
    checkStatementOptions(this.context, options);
    return this.atomically((executor) =>
      bulkInsert(executor.context, table, columns, rows, async (text, perform) =>
        executor.#runAs(text, options, perform),
      ),
    );
  }

  async call(
    procedure: string | Identifier,
    parameters: Readonly<Record<string, unknown>> = {},
    options: StatementOptions = noOptions,
  ): Promise<CallResult> {
    checkStatementOptions(this.context, options);
    const { text, perform } = callProcedure(this.context, procedure, parameters);
    const result = await this.#runAs(text, options, perform);
    const resultSets: ResultSetRows[] = [];
    for (let set: ResultSet | undefined = result; set !== undefined; set = set.next) {
      if (set.columns.length > 0) resultSets.push(this.#rowsOf(set));
    }
    return { ...outputsOf(this.context, result), resultSets };
  }

  #send(statement: Statement, options: StatementOptions<unknown>): MaybePromise<ResultSet> {
    return this.#runAs(
      statement.text,
      options,
      (connection, operation) => connection.query(statement, operation),
      true,
    );
  }

  #runAs<T>(
    text: string,
    options: StatementOptions<unknown>,
    perform: Operation<T>["perform"],
    pipelined = false,
  ): MaybePromise<T> {
    const bounds = boundsFrom(this.context, options);
    const limitMs = options.timeoutMs === undefined ? this.context.statementTimeoutMs : Number.POSITIVE_INFINITY;
    const operation: Operation<T> = {
      text,
      // Stopping one of several statements in flight could hit its neighbour.
      pipelined: pipelined && bounds === unbounded && limitMs === Number.POSITIVE_INFINITY,
      bounds,
      limitMs,
      perform,
    };
    return isQueryTraced()
      ? traceQuery(this.context, text, options.name, async () => this.run(operation))
      : this.run(operation);
  }

  #rowsOf(result: ResultSet): ResultSetRows {
    const { columns } = result;
    const rows = this.context.mapper(columns).toObjects(result.rows) as Row[];
    return { rows, rowCount: result.affected ?? rows.length, columns };
  }

  /** The one row of a result as an object. */
  #atMostOne(result: ResultSet, statement: Statement): object | undefined {
    const values = this.#atMostOneRow(result, statement);
    return values === undefined ? undefined : this.context.mapper(result.columns).toObject(values);
  }

  #atMostOneRow({ rows }: ResultSet, statement: Statement): unknown[] | undefined {
    if (rows.length <= 1) return rows[0];
    const { database, engine } = this.context;
    const message = `${nameOf(this.context)}: ${rows.length} rows came where at most one was asked for`;
    throw new TooManyRowsError(message, { database, engine, statement: statement.text });
  }

  #noRows(statement: Statement): NoRowsError {
    const { database, engine } = this.context;
    const message = `${nameOf(this.context)}: no row came where exactly one was asked for`;
    return new NoRowsError(message, { database, engine, statement: statement.text });
  }

  async #validatedOne<T>(row: object, statement: Statement, options: StatementOptions<unknown>): Promise<T> {
    return (await this.#validated<T>([row], statement, options))[0] as T;
  }

  async #validated<T>(
    rows: readonly unknown[],
    statement: Statement,
    options: StatementOptions<unknown>,
  ): Promise<T[]> {
    if (options.schema === undefined) return rows as T[];
    const { database, engine } = this.context;
    return validateRows(rows, options.schema as StandardSchema<T>, { database, engine, statement: statement.text });
  }
}
