import type { Capabilities, DialectFacts, MaybePromise, ResultSet, Statement } from "../driver/index.ts";
import type { Identifier, Parameters } from "../sql/index.ts";
import { boundsFrom, unbounded } from "./bounds.ts";
import { type BulkInsert, bulkInsert } from "./bulk-insert.ts";
import { callProcedure, outputsOf } from "./call-procedure.ts";
import { CallersRows } from "./callers-rows.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { isQueryTraced, traceQuery } from "./diagnostics.ts";
import { executeMany } from "./execute-many.ts";
import type { BulkRow, CallResult, Executor, Result, ResultSetRows, Transaction } from "./executor.ts";
import { type ExecutorInternals, internals } from "./executor-internals.ts";
import { firstRows } from "./first-rows.ts";
import type { CallersSource, Operation } from "./operation.ts";
import { atMostOne, noRows, oneObject, rowsOf } from "./result-rows.ts";
import { RowIterable } from "./row-stream.ts";
import { currentScope } from "./scope.ts";
import { sendApart } from "./send-apart.ts";
import { readArguments, type Text } from "./statement-arguments.ts";
import {
  type AnyStatementOptions,
  checkStatementOptions,
  noOptions,
  type StatementOptions,
} from "./statement-options.ts";
import type { StreamLease } from "./stream-lease.ts";
import type { TransactionOptions } from "./transaction-options.ts";
import type { Occupant } from "./turn.ts";
import { validateRows } from "./validate-rows.ts";
import { fingerprintOf } from "./value-fingerprint.ts";

/** Enough for a queue of callers of whom one gets through each time; the last pauses are seconds. */
const runAgain = Object.freeze({ retry: Object.freeze({ attempts: 10 }) });

/**
 * Everything that executors have in common; how a statement gets its connection is what they differ in. The methods are declared with
 * the overloads of {@link Executor}, so that whoever holds a `Database` or a `Session` has the same types as one who holds the interface.
 */
export abstract class StatementExecutor implements Executor {
  declare execute: Executor["execute"];
  declare query: Executor["query"];
  declare queryOne: Executor["queryOne"];
  declare queryMaybeOne: Executor["queryMaybeOne"];
  declare queryScalar: Executor["queryScalar"];
  declare stream: Executor["stream"];
  readonly [internals]: ExecutorInternals;
  /** What it knows of its database. */
  protected readonly context: DatabaseContext;

  static {
    const { prototype } = StatementExecutor;
    prototype.execute = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      return this.#execute(text, first, second);
    } as Executor["execute"];
    prototype.query = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { statement, options } = readArguments(this.context, text, first, second, true);
      const sent = this.#send(statement, options);
      const result = firstRows(sent instanceof Promise ? await sent : sent);
      const mapper = this.context.mapper(result.columns);
      if (options.rowMode === "array") return mapper.toArrays(result.rows);
      const rows = mapper.toObjects(result.rows);
      return options.schema === undefined ? rows : this.#validated(rows, statement, options);
    } as Executor["query"];
    prototype.queryOne = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { statement, options } = readArguments(this.context, text, first, second);
      const sent = this.#send(statement, options);
      const row = oneObject(this.context, firstRows(sent instanceof Promise ? await sent : sent), statement);
      if (row === undefined) throw noRows(this.context, statement);
      return options.schema === undefined ? row : this.#validatedOne(row, statement, options);
    } as Executor["queryOne"];
    prototype.queryMaybeOne = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { statement, options } = readArguments(this.context, text, first, second);
      const sent = this.#send(statement, options);
      const row = oneObject(this.context, firstRows(sent instanceof Promise ? await sent : sent), statement);
      if (row === undefined || options.schema === undefined) return row;
      return this.#validatedOne(row, statement, options);
    } as Executor["queryMaybeOne"];
    prototype.queryScalar = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { statement, options } = readArguments(this.context, text, first, second);
      const sent = this.#send(statement, options);
      const result = firstRows(sent instanceof Promise ? await sent : sent);
      const row = atMostOne(this.context, result, statement);
      if (row === undefined) throw noRows(this.context, statement);
      return this.context.mapper(result.columns).first(row);
    } as Executor["queryScalar"];
    prototype.stream = function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { statement, options } = readArguments(this.context, text, first, second, true);
      return new RowIterable(this.context, statement, options, {
        open: (occupant) => this.openStream(options as StatementOptions, occupant),
        collect: async () => this.#send(statement, options),
      });
    } as Executor["stream"];
  }

  constructor(context: DatabaseContext) {
    this.context = context;
    this[internals] = {
      context,
      send: (statement, options) => this.#send(statement, options),
      sendApart: (statement, limitMs) => sendApart(context, statement, limitMs),
      atomically: (work, again = false) => this.atomically(work, again ? runAgain : undefined),
      commitsAlone: () => this.commitsAlone,
      bulkInsert: (load, options) => this.#bulkInsert(load, options),
      attempt: (work) => (this.commitsAlone ? work(this) : this.transaction(work, { propagation: "nested" })),
    };
  }

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
  protected abstract perform<T>(operation: Operation<T>, occupant?: Occupant): MaybePromise<T>;

  /** Takes the connection for a stream. */
  protected abstract openStream(options: StatementOptions, occupant: Occupant): Promise<StreamLease>;

  /** Runs several statements so that all or none of them count. @param own - for a transaction of its own */
  protected abstract atomically<R>(
    work: (executor: StatementExecutor) => Promise<R>,
    own?: Pick<TransactionOptions, "retry">,
  ): Promise<R>;

  /** Whether each statement commits by itself. */
  protected get commitsAlone(): boolean {
    return false;
  }

  abstract transaction<R>(work: (transaction: Transaction) => Promise<R>, options?: TransactionOptions): Promise<R>;

  async executeMany(
    text: string,
    parameterSets: Iterable<Parameters>,
    options: StatementOptions = noOptions,
  ): Promise<{ rowCount: number }> {
    checkStatementOptions(nameOf(this.context), options);
    const rows = new CallersRows(this.context, currentScope());
    return this.atomically(async (executor) =>
      executor.#runAs(text, options, executeMany(executor.context, text, parameterSets, rows), rows),
    );
  }

  async bulkInsert(
    table: string | Identifier,
    columns: readonly string[],
    rows: Iterable<BulkRow> | AsyncIterable<BulkRow>,
    options: StatementOptions = noOptions,
  ): Promise<{ rowCount: number }> {
    checkStatementOptions(nameOf(this.context), options);
    return this.#bulkInsert({ table, columns, rows }, options);
  }

  #bulkInsert(load: BulkInsert, options: StatementOptions): Promise<{ rowCount: number }> {
    const source = new CallersRows(this.context, currentScope());
    return this.atomically((executor) =>
      bulkInsert(executor.context, load, source, async (text, perform) =>
        executor.#runAs(text, options, perform, source),
      ),
    );
  }

  async call(
    procedure: string | Identifier,
    parameters: Readonly<Record<string, unknown>> = {},
    options: StatementOptions = noOptions,
  ): Promise<CallResult> {
    checkStatementOptions(nameOf(this.context), options);
    const { text, perform } = callProcedure(this.context, procedure, parameters);
    const result = await this.#runAs(text, options, perform);
    const resultSets: ResultSetRows[] = [];
    for (let set: ResultSet | undefined = result; set !== undefined; set = set.next) {
      if (set.columns.length > 0) resultSets.push(rowsOf(this.context, set));
    }
    return { ...outputsOf(this.context, result), resultSets };
  }

  async #execute(text: Text, first: unknown, second: unknown): Promise<Result<unknown>> {
    const { statement, options } = readArguments(this.context, text, first, second, true);
    const sent = this.#send(statement, options);
    const result = sent instanceof Promise ? await sent : sent;
    const set = rowsOf(this.context, result);
    const resultSets = [set];
    const key = result.generatedKey === undefined ? undefined : { generatedKey: result.generatedKey };
    for (let next = result.next; next !== undefined; next = next.next) resultSets.push(rowsOf(this.context, next));
    const { rowCount, columns } = set;
    if (options.rowMode === "array") {
      return { rows: this.context.mapper(columns).toArrays(result.rows), rowCount, columns, resultSets, ...key };
    }
    return { rows: await this.#validated(set.rows, statement, options), rowCount, columns, resultSets, ...key };
  }

  #send(statement: Statement, options: AnyStatementOptions): MaybePromise<ResultSet> {
    const perform: Operation<ResultSet>["perform"] = (connection, operation) => connection.query(statement, operation);
    return this.#runAs(statement.text, options, perform, undefined, true, statement.values);
  }

  #runAs<T>(
    text: string,
    options: AnyStatementOptions,
    perform: Operation<T>["perform"],
    source?: CallersSource & { readonly occupant: Occupant },
    pipelined = false,
    values?: Statement["values"],
  ): MaybePromise<T> {
    const bounds = options === noOptions ? unbounded : boundsFrom(this.context, options);
    const limitMs = options.timeoutMs === undefined ? this.context.statementTimeoutMs : Number.POSITIVE_INFINITY;
    const operation: Operation<T> = {
      text,
      // Stopping one of several statements in flight could hit its neighbour.
      pipelined: pipelined && bounds === unbounded && limitMs === Number.POSITIVE_INFINITY,
      bounds,
      limitMs,
      source,
      perform,
    };
    return isQueryTraced()
      ? traceQuery(
          this.context,
          text,
          options.name,
          async () => this.perform(operation, source?.occupant),
          values && fingerprintOf(values),
        )
      : this.perform(operation, source?.occupant);
  }

  async #validatedOne(row: object, statement: Statement, options: AnyStatementOptions): Promise<unknown> {
    return (await this.#validated([row], statement, options))[0];
  }

  async #validated(rows: unknown[], statement: Statement, { schema }: AnyStatementOptions): Promise<unknown[]> {
    if (schema === undefined) return rows;
    const { database, engine } = this.context;
    return validateRows(rows, schema, { database, engine, statement: statement.text });
  }
}
