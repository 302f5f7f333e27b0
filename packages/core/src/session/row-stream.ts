import type { ResultSet, Statement } from "../driver/index.ts";
import { boundsFrom } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { StreamOptions } from "./executor.ts";
import type { Hold } from "./hold.ts";
import { OpenCursor } from "./open-cursor.ts";
import { validateRows } from "./validate-rows.ts";

/** Where a stream gets its connection from, or its rows where the engine has no cursors. */
export interface StreamSource {
  hold(abandon: () => Promise<void>): Promise<Hold>;
  collect(): Promise<ResultSet>;
}

/** What `stream` gives. Each loop over it runs the statement anew; nothing happens before the first row is asked for. */
export class RowIterable<T> implements AsyncIterable<T> {
  readonly #context: DatabaseContext;
  readonly #statement: Statement;
  readonly #options: StreamOptions<T>;
  readonly #source: StreamSource;

  constructor(context: DatabaseContext, statement: Statement, options: StreamOptions<T>, source: StreamSource) {
    this.#context = context;
    this.#statement = statement;
    this.#options = options;
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return new RowIterator<T>(this.#batches(), (rows, firstIndex) => this.#checked(rows, firstIndex));
  }

  async *#batches(): AsyncGenerator<object[], void, undefined> {
    if (this.#context.capabilities.stream === "none") {
      const { columns, rows } = await this.#source.collect();
      yield this.#context.mapper(columns).toObjects(rows);
      return;
    }
    const bounds = boundsFrom(this.#context, this.#options);
    let cursor: OpenCursor | undefined;
    const hold = await this.#source.hold(async () => cursor?.close());
    cursor = new OpenCursor(this.#context, hold, this.#statement, this.#options, bounds);
    try {
      for (let rows = await cursor.read(); rows !== null; rows = await cursor.read()) yield rows;
    } finally {
      await cursor.close();
    }
  }

  async #checked(rows: readonly object[], firstIndex: number): Promise<readonly T[]> {
    const { schema } = this.#options;
    if (schema === undefined) return rows as readonly unknown[] as readonly T[];
    const { database, engine } = this.#context;
    return validateRows(rows, schema, { database, engine, statement: this.#statement.text }, firstIndex);
  }
}

/** Hands out one row at a time. Not an async generator over rows, because that costs three promises a row. */
class RowIterator<T> implements AsyncIterator<T, undefined> {
  readonly #batches: AsyncGenerator<object[], void, undefined>;
  readonly #check: (rows: readonly object[], firstIndex: number) => Promise<readonly T[]>;
  #rows: readonly T[] = [];
  #at = 0;
  #seen = 0;
  /** The end of the chain of calls that have to wait; calls made at once are answered in their order. */
  #tail: Promise<unknown> | undefined;

  constructor(
    batches: AsyncGenerator<object[], void, undefined>,
    check: (rows: readonly object[], firstIndex: number) => Promise<readonly T[]>,
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
