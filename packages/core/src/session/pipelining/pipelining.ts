import type { Clock } from "../../driver/index.ts";
import { StatementCache } from "../../driver/index.ts";
import type { Borrowed, Holder, LeasePool } from "../../pool/index.ts";
import type { PipeliningOptions } from "./pipelining-options.ts";
import { onlyReads, ReadRecord } from "./read-record.ts";
import { SharedLine } from "./shared-line.ts";

/** Behind a statement that the server has been busy with for longer than this, nothing more is sent. */
const stallMs = 10;

/** After this time a line takes nothing more, so that the pool can do what it does with connections that come back. */
const lineLifeMs = 1_000;

/** Texts whose speed is remembered. */
const maxRecords = 1_000;

/** A longer text is not remembered, so that what is kept is bounded in bytes too; it gets a connection of its own. */
const longestText = 4_000;

/**
 * Independent reads of one database on a few shared connections. A line is a lease of the pool, held only while statements are under
 * way on it; who finds no place on one takes a connection from the pool as ever, which becomes a line where one is missing.
 */
export class Pipelining {
  readonly #options: Required<PipeliningOptions>;
  readonly #pool: LeasePool;
  readonly #clock: Clock;
  readonly #lines = new Set<SharedLine>();
  readonly #records = new StatementCache<ReadRecord | null>(maxRecords);

  constructor(options: Required<PipeliningOptions>, pool: LeasePool, clock: Clock) {
    this.#options = options;
    this.#pool = pool;
    this.#clock = clock;
  }

  /**
   * A connection for one statement: a place on a shared one, or one of its own.
   * @param holder - who waits, where one has to
   */
  take(text: string, holder: Holder | undefined): Borrowed | Promise<Borrowed> {
    const read = this.#read(text);
    if (read === undefined) {
      const lease = this.#pool.tryAcquire();
      return lease ?? this.#pool.acquire({ holder });
    }
    const open = read.isQuick ? this.#openLines() : [];
    const place = leastBusy(open, this.#options.maxInFlight);
    if (place !== undefined && open.length >= this.#options.connections) return place.take(read);
    const lease = this.#pool.tryAcquire();
    if (lease !== undefined) return this.#seat(lease, read);
    // A line too few, but no connection to make it of.
    if (place !== undefined) return place.take(read);
    return this.#pool.acquire({ holder }).then((it) => this.#seat(it, read));
  }

  /** What is known of a text that only reads; `undefined` for any other. */
  #read(text: string): ReadRecord | undefined {
    if (text.length > longestText) return undefined;
    let record = this.#records.get(text);
    if (record === undefined) {
      record = onlyReads(text) ? new ReadRecord() : null;
      this.#records.set(text, record);
    }
    return record ?? undefined;
  }

  /** Uses a lease for a read: as a line, where one is missing and the read is quick, else for this read alone. */
  #seat(lease: Borrowed, read: ReadRecord): Borrowed {
    const line = new SharedLine(lease, this.#clock, (it) => this.#lines.delete(it));
    if (read.isQuick && this.#openLines().length < this.#options.connections) this.#lines.add(line);
    return line.take(read);
  }

  /** The lines that a statement may join without waiting for a slow one. */
  #openLines(): SharedLine[] {
    const open: SharedLine[] = [];
    if (this.#pool.closed) return open;
    const now = this.#clock.now();
    for (const line of this.#lines) {
      if (line.healthy && line.headMs(now) <= stallMs && now - line.openedAt <= lineLifeMs) open.push(line);
    }
    return open;
  }
}

function leastBusy(lines: readonly SharedLine[], maxInFlight: number): SharedLine | undefined {
  let best: SharedLine | undefined;
  for (const line of lines) {
    if (line.inFlight < maxInFlight && (best === undefined || line.inFlight < best.inFlight)) best = line;
  }
  return best;
}
