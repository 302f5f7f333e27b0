import type { ColumnInfo, ResultSet, Statement } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import { boundsFrom } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { isQueryTraced } from "./diagnostics.ts";
import { OpenCursor } from "./open-cursor.ts";
import { countsOf } from "./query-facts.ts";
import { type QueryFacts, QueryTrace } from "./query-trace.ts";
import { currentScope, Scope } from "./scope.ts";
import type { AnyStatementOptions } from "./statement-options.ts";
import type { StreamLease } from "./stream-lease.ts";
import type { Occupant } from "./turn.ts";
import { validateRows } from "./validate-rows.ts";

/** Where a stream gets its connection from, or its rows where the engine has no cursors. */
export interface StreamSource {
  open(occupant: Occupant): Promise<StreamLease>;
  collect(trace: QueryTrace | undefined): Promise<ResultSet>;
  /** What its event says of it. */
  facts(): QueryFacts;
}

/** What `stream` gives. Each loop over it runs the statement anew; nothing happens before the first row is asked for. */
export class RowIterable implements AsyncIterable<unknown> {
  readonly #context: DatabaseContext;
  readonly #statement: Statement;
  readonly #options: AnyStatementOptions;
  readonly #source: StreamSource;

  constructor(context: DatabaseContext, statement: Statement, options: AnyStatementOptions, source: StreamSource) {
    this.#context = context;
    this.#statement = statement;
    this.#options = options;
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown, undefined> {
    return new RowIterator<unknown>(this.#batches(), (rows, firstIndex) => this.#checked(rows, firstIndex));
  }

  async *#batches(): AsyncGenerator<unknown[], void, undefined> {
    const trace = isQueryTraced() ? new QueryTrace(this.#context, this.#source.facts()) : undefined;
    if (this.#context.capabilities.stream === "none") {
      const collect = () => this.#source.collect(trace);
      const { columns, rows } = await (trace === undefined ? collect() : trace.run(collect, countsOf));
      yield this.#rowsOf(rows, columns);
      return;
    }
    const cursor = await this.#traced(trace);
    const take = (rows: unknown[][], columns: readonly ColumnInfo[]): unknown[] => {
      trace?.read(rows.length);
      return this.#rowsOf(rows, columns);
    };
    let isLeft = true;
    try {
      for (let rows = await cursor.read(take); rows !== null; rows = await cursor.read(take)) yield rows;
      isLeft = false;
    } finally {
      if (trace !== undefined && isLeft && cursor.problem === undefined) trace.event.leftEarly = true;
      await cursor.close();
    }
  }

  /** Opens it; its event begins here, and ends with its lease. */
  async #traced(trace: QueryTrace | undefined): Promise<OpenCursor> {
    if (trace === undefined) return this.#open(undefined);
    trace.open();
    trace.read(0);
    try {
      return await this.#open(trace);
    } catch (error) {
      trace.end(error);
      throw error;
    }
  }

  async #open(trace: QueryTrace | undefined): Promise<OpenCursor> {
    const { clock, database, statementTimeoutMs } = this.#context;
    const { fetchSize = 500, timeoutMs } = this.#options;
    const bounds = boundsFrom(this.#context, this.#options);
    const scope = new Scope({ clock, describe: `stream of "${database}"`, parent: currentScope() });
    let cursor: OpenCursor | undefined;
    let reason: MdbError | undefined;
    const interrupt = (why: MdbError): void => {
      reason = why;
      cursor?.interrupt(why);
    };
    const lease = await this.#source.open({ what: "a stream", scope, refusesOthers: true, interrupt });
    trace?.opened(lease);
    const ended: StreamLease = {
      ...lease,
      end(failure) {
        scope.end();
        lease.end(failure);
        trace?.end(cursor?.problem ?? failure?.error);
      },
    };
    const limitMs = timeoutMs === undefined ? statementTimeoutMs : Number.POSITIVE_INFINITY;
    cursor = new OpenCursor(this.#context, ended, { statement: this.#statement, fetchSize, bounds, limitMs });
    // Its unit ended while the connection was on its way.
    if (reason !== undefined) cursor.interrupt(reason);
    return cursor;
  }

  #rowsOf(rows: unknown[][], columns: readonly ColumnInfo[]): unknown[] {
    const mapper = this.#context.mapper(columns);
    return this.#options.rowMode === "array" ? mapper.toArrays(rows) : mapper.toObjects(rows);
  }

  async #checked(rows: readonly unknown[], firstIndex: number): Promise<readonly unknown[]> {
    const { schema } = this.#options;
    if (schema === undefined) return rows;
    const { database, engine } = this.#context;
    return validateRows(rows, schema, { database, engine, statement: this.#statement.text }, firstIndex);
  }
}

/** Hands out one row at a time. Not an async generator over rows, because that costs three promises a row. */
class RowIterator<T> implements AsyncIterator<T, undefined> {
  readonly #batches: AsyncGenerator<unknown[], void, undefined>;
  readonly #check: (rows: readonly unknown[], firstIndex: number) => Promise<readonly T[]>;
  #rows: readonly T[] = [];
  #at = 0;
  #seen = 0;
  /** The end of the chain of calls that have to wait; calls made at once are answered in their order. */
  #tail: Promise<unknown> | undefined;

  constructor(
    batches: AsyncGenerator<unknown[], void, undefined>,
    check: (rows: readonly unknown[], firstIndex: number) => Promise<readonly T[]>,
  ) {
    this.#batches = batches;
    this.#check = check;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#tail === undefined && this.#at < this.#rows.length) {
      return Promise.resolve({ done: false, value: this.#rows[this.#at++] as T });
    }
    return this.#queue(() => this.#advance());
  }

  return(): Promise<IteratorResult<T, undefined>> {
    return this.#queue(async () => {
      this.#rows = [];
      await this.#batches.return();
      return { done: true, value: undefined };
    });
  }

  #queue<R>(step: () => Promise<R>): Promise<R> {
    const result = this.#tail === undefined ? step() : this.#tail.then(step, step);
    this.#tail = result;
    const settle = (): void => {
      if (this.#tail === result) this.#tail = undefined;
    };
    result.then(settle, settle);
    return result;
  }

  async #advance(): Promise<IteratorResult<T, undefined>> {
    while (this.#at >= this.#rows.length) {
      const batch = await this.#batches.next();
      if (batch.done === true) return { done: true, value: undefined };
      try {
        this.#rows = await this.#check(batch.value, this.#seen);
      } catch (error) {
        await this.#batches.return();
        throw error;
      }
      this.#seen += this.#rows.length;
      this.#at = 0;
    }
    return { done: false, value: this.#rows[this.#at++] as T };
  }
}
