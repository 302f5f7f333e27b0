import type { Capabilities, DialectFacts, MaybePromise, ResultSet, Statement } from "../driver/index.ts";
import type { Identifier, Parameters } from "../sql/index.ts";
import { boundsFrom, unbounded } from "./bounds.ts";
import { type BulkInsert, bulkInsert } from "./bulk-insert.ts";
import { callProcedure, callResult } from "./call-procedure.ts";
import { CallersRows } from "./callers-rows.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { queries } from "./diagnostics.ts";
import { executeMany } from "./execute-many.ts";
import type { BulkRow, CallResult, Executor, Transaction } from "./executor.ts";
import { type ExecutorInternals, internals, type Purpose } from "./executor-internals.ts";
import { type CallersSource, type Operation, sendStatement } from "./operation.ts";
import { countedOnly, countsOf, factsOf, factsOfLoad, factsOfMany, queryFacts } from "./query-facts.ts";
import { QueryTrace, traceQuery } from "./query-trace.ts";
import { allRows, oneRow, oneValue, wholeResult } from "./result-rows.ts";
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
  #internals: ExecutorInternals | undefined;
  /** What it knows of its database. */
  protected readonly context: DatabaseContext;

  static {
    const { prototype } = StatementExecutor;
    prototype.execute = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { context } = this;
      const { statement, options } = readArguments(context, text, first, second, true);
      const sent = this.#send(statement, options, text);
      return wholeResult(context, sent instanceof Promise ? await sent : sent, statement, options);
    } as Executor["execute"];
    prototype.query = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { context } = this;
      const { statement, options } = readArguments(context, text, first, second, true);
      const sent = this.#send(statement, options, text);
      return allRows(context, sent instanceof Promise ? await sent : sent, statement, options);
    } as Executor["query"];
    prototype.queryOne = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { context } = this;
      const { statement, options } = readArguments(context, text, first, second);
      const sent = this.#send(statement, options, text);
      return oneRow(context, sent instanceof Promise ? await sent : sent, statement, options, true);
    } as Executor["queryOne"];
    prototype.queryMaybeOne = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { context } = this;
      const { statement, options } = readArguments(context, text, first, second);
      const sent = this.#send(statement, options, text);
      return oneRow(context, sent instanceof Promise ? await sent : sent, statement, options);
    } as Executor["queryMaybeOne"];
    prototype.queryScalar = async function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { context } = this;
      const { statement, options } = readArguments(context, text, first, second);
      const sent = this.#send(statement, options, text);
      return oneValue(context, sent instanceof Promise ? await sent : sent, statement);
    } as Executor["queryScalar"];
    prototype.stream = function (this: StatementExecutor, text: Text, first?: unknown, second?: unknown) {
      const { statement, options } = readArguments(this.context, text, first, second, true);
      return this.#stream(statement, options, text);
    } as Executor["stream"];
  }

  constructor(context: DatabaseContext) {
    this.context = context;
  }

  /** Made for those who need it: most handles live for one transaction, and nothing asks. */
  get [internals](): ExecutorInternals {
    this.#internals ??= this.#inside();
    return this.#internals;
  }

  #inside(): ExecutorInternals {
    const { context } = this;
    return {
      context,
      send: (statement, options, purpose) => this.#send(statement, options, purpose),
      stream: (statement, options, purpose) => {
        checkStatementOptions(nameOf(context), options);
        return this.#stream(statement, options, purpose);
      },
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
    const facts = factsOfMany(text, options, parameterSets);
    return this.atomically(async (executor) =>
      traceQuery(executor.context, facts, countedOnly, (trace) => {
        const sets = trace?.counting(parameterSets) ?? parameterSets;
        return executor.#runAs(text, options, executeMany(executor.context, text, sets, rows), rows, undefined, trace);
      }),
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
    return this.atomically(async (executor) =>
      traceQuery(executor.context, factsOfLoad(load, options), countedOnly, (trace) =>
        bulkInsert(executor.context, load, source, async (text, perform) =>
          executor.#runAs(text, options, perform, source, undefined, trace),
        ),
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
    const run = (trace?: QueryTrace) => this.#runAs(text, options, perform, undefined, undefined, trace);
    const facts = factsOf("call", text, options, this.eventKey);
    return callResult(this.context, await traceQuery(this.context, facts, countsOf, run));
  }

  /** @param from - what it was made of, or what a DAO sends it for */
  #send(statement: Statement, options: AnyStatementOptions, from?: Text | Purpose): MaybePromise<ResultSet> {
    if (!queries.hasSubscribers) return this.#runAs(statement.text, options, sendStatement, undefined, statement);
    const trace = new QueryTrace(this.context, this.#facts("query", statement, options, from));
    const work = () => this.#runAs(statement.text, options, sendStatement, undefined, statement, trace);
    return trace.run(work, countsOf);
  }

  #stream(statement: Statement, options: AnyStatementOptions, from?: Text | Purpose): RowIterable {
    return new RowIterable(this.context, statement, options, {
      open: (occupant) => this.openStream(options as StatementOptions, occupant),
      collect: async (trace) => this.#runAs(statement.text, options, sendStatement, undefined, statement, trace),
      facts: () => this.#facts("stream", statement, options, from),
    });
  }

  #facts(kind: "query" | "stream", statement: Statement, { name }: AnyStatementOptions, from?: Text | Purpose) {
    return queryFacts(kind, statement, name, from, this.eventKey);
  }

  /** For events, where the context does not tell it: which of the databases behind the label is meant. */
  protected get eventKey(): string | undefined {
    return undefined;
  }

  /** @param statement - where it is one, and may be pipelined: what {@link sendStatement} sends */
  #runAs<T>(
    text: string,
    options: AnyStatementOptions,
    perform: Operation<T>["perform"],
    source?: CallersSource & { readonly occupant: Occupant },
    statement?: Statement,
    trace?: QueryTrace,
  ): MaybePromise<T> {
    const { context } = this;
    const bounds = options === noOptions ? unbounded : boundsFrom(context, options);
    const limitMs = options.timeoutMs === undefined ? context.statementTimeoutMs : Number.POSITIVE_INFINITY;
    const pipelined = statement !== undefined;
    const operation: Operation<T> = {
      text,
      // Stopping one of several statements in flight could hit its neighbour.
      pipelined: pipelined && bounds === unbounded && limitMs === Number.POSITIVE_INFINITY,
      bounds,
      limitMs,
      source,
      statement,
      trace,
      // What sends a statement notes that by itself.
      perform: trace === undefined || statement !== undefined ? perform : trace.noting(text, perform),
    };
    return this.perform(operation, source?.occupant);
  }
}
