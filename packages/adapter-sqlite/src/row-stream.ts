import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, ColumnInfo, DriverConnection, MaybePromise, RowStream } from "@nsj/mdb-core";
import { streamClosed } from "./failure.ts";
import type { NativeRow } from "./native.ts";
import { refuseLate } from "./patience.ts";
import type { PreparedStatement } from "./prepared-statement.ts";
import type { Shape } from "./shape.ts";

/** How `stream` fetches. Taken from the interface, because core has options of the same name for its users. */
export type RowStreamOptions = Parameters<NonNullable<DriverConnection["stream"]>>[1];

/** What a stream needs of its connection. */
export interface StreamHost {
  /** Prepares the statement; the connection belongs to the stream from here on. */
  open(): { readonly prepared: PreparedStatement; readonly values: readonly unknown[] };
  /** Runs the first step, with the locks that it needs. */
  run<T>(prepared: PreparedStatement, work: () => T): MaybePromise<T>;
  shapeOf(prepared: PreparedStatement, row: NativeRow | undefined): Shape | undefined;
  /** A step has failed. */
  failed(): void;
  /** The connection is free again. */
  closed(): void;
}

/**
 * Rows pulled from an open statement, `fetchSize` at a time. SQLite gives one row per step, so nothing is fetched ahead and memory stays
 * the same however long the result is. In WAL mode the reader sees one state of the database and keeps no writer from working.
 */
export class SqliteRowStream implements RowStream {
  readonly #options: RowStreamOptions;
  readonly #clock: Clock;
  readonly #host: StreamHost;
  #columns: readonly ColumnInfo[] = [];
  #shape: Shape | undefined;
  #rows: Iterator<NativeRow> | undefined;
  /** `"ended"` after the last row, `"closed"` when somebody stopped before it. */
  #state: "new" | "open" | "ended" | "closed" = "new";

  constructor(options: RowStreamOptions, clock: Clock, host: StreamHost) {
    this.#options = options;
    this.#clock = clock;
    this.#host = host;
  }

  get columns(): readonly ColumnInfo[] {
    return this.#columns;
  }

  read(): MaybePromise<unknown[][] | null> {
    if (this.#state === "ended") return null;
    if (this.#state === "closed") throw streamClosed();
    return this.#state === "new" ? this.#first() : this.#next();
  }

  close(): void {
    this.stop();
  }

  /** Closes the statement, at any time and any number of times. */
  stop(): void {
    this.#finish("closed");
  }

  #finish(state: "ended" | "closed"): void {
    if (this.#state === "ended" || this.#state === "closed") return;
    this.#state = state;
    this.#rows?.return?.();
    this.#rows = undefined;
    this.#host.closed();
  }

  async #first(): Promise<unknown[][] | null> {
    const { prepared, values } = this.#host.open();
    try {
      const batch = this.#host.run(prepared, () => this.#start(prepared, values));
      return this.#deliver(batch instanceof Promise ? await batch : batch);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Runs again when the first step found the database locked. */
  #start(prepared: PreparedStatement, values: readonly unknown[]): NativeRow[] {
    if (!prepared.reader) {
      prepared.run(values);
      return [];
    }
    for (;;) {
      // A statement that also writes has to run to its end at once, or it would be undone when the caller stops early.
      this.#rows = prepared.writes ? prepared.all(values).values() : prepared.iterate(values);
      const batch = this.#pull(this.#rows);
      this.#shape = this.#host.shapeOf(prepared, batch[0]);
      if (this.#shape !== undefined) {
        this.#columns = this.#shape.columns;
        this.#state = "open";
        return batch;
      }
      this.#rows.return?.();
    }
  }

  async #next(): Promise<unknown[][] | null> {
    // The engine runs on this thread: between two batches everybody else gets a turn.
    await nextTurn();
    if (this.#rows === undefined) throw streamClosed();
    refuseLate(this.#options, this.#clock);
    try {
      return this.#deliver(this.#pull(this.#rows));
    } catch (error) {
      this.stop();
      this.#host.failed();
      throw error;
    }
  }

  #pull(rows: Iterator<NativeRow>): NativeRow[] {
    const batch: NativeRow[] = [];
    while (batch.length < this.#options.fetchSize) {
      const step = rows.next();
      if (step.done === true) break;
      batch.push(step.value);
    }
    return batch;
  }

  #deliver(batch: readonly NativeRow[]): unknown[][] | null {
    // The statement is closed with its last row, also when the caller never asks again.
    if (batch.length < this.#options.fetchSize) this.#finish("ended");
    return batch.length === 0 || this.#shape === undefined ? null : this.#shape.canonical(batch);
  }
}
