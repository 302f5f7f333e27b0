import type { DriverConnection, RowStream, Statement } from "../driver/index.ts";
import { type MdbError, StoppedError } from "../errors/index.ts";
import { type Bounds, watchBounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { type Failure, failureOf } from "./failure.ts";
import { cancelGraceMs, runBounded } from "./run-bounded.ts";
import { ServerTime } from "./server-time.ts";
import type { StreamLease } from "./stream-lease.ts";

/** How a cursor is read. */
export interface CursorFacts {
  readonly statement: Statement;
  readonly fetchSize: number;
  /** From the call on, the time between two batches included. */
  readonly bounds: Bounds;
  /** How long the server may take for all batches together, in milliseconds. */
  readonly limitMs: number;
}

/** A cursor on the server and the connection it lives on. It ends when its bounds trip, also while nobody reads. */
export class OpenCursor {
  readonly #context: DatabaseContext;
  readonly #lease: StreamLease;
  readonly #text: string;
  readonly #bounds: Bounds;
  readonly #time: ServerTime;
  readonly #limited: boolean;
  readonly #rows: RowStream;
  readonly #unwatch: () => void;
  #reason: MdbError | undefined;
  #failure: Failure | undefined;
  #reading: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(context: DatabaseContext, lease: StreamLease, { statement, fetchSize, bounds, limitMs }: CursorFacts) {
    this.#context = context;
    this.#lease = lease;
    this.#text = statement.text;
    this.#bounds = bounds;
    this.#time = new ServerTime(context.clock, limitMs);
    this.#limited = limitMs !== Number.POSITIVE_INFINITY;
    try {
      this.#rows = openRows(lease.connection, statement, fetchSize, bounds);
    } catch (error) {
      const failure = failureOf(context, lease.connection, error, statement.text, lease.alone);
      lease.end(failure);
      throw failure.error;
    }
    this.#unwatch = watchBounds(context, bounds, "the statement", (reason) => this.interrupt(reason), statement.text);
  }

  /** What it ended with before its last row, if so. */
  get problem(): MdbError | undefined {
    return this.#reason ?? this.#failure?.error;
  }

  /** The next batch; `null` after the last. */
  async read<T>(take: (rows: unknown[][], columns: RowStream["columns"]) => T): Promise<T | null> {
    if (this.#reason !== undefined) throw this.#reason;
    const { connection } = this.#lease;
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    this.#reading = settled;
    this.#lease.count(1);
    this.#time.start();
    try {
      const limitMs = this.#limited ? Math.max(0, this.#time.leftMs) : Number.POSITIVE_INFINITY;
      const operation = { text: this.#text, limitMs, source: undefined, perform: () => this.#rows.read() };
      const rows = await runBounded(this.#context, connection, this.#bounds, operation);
      if (rows === null) return null;
      // Asking again and again for nothing would never let anything else have its turn.
      if (rows.length === 0) throw new Error("the driver's stream gave a batch without rows");
      return take(rows, this.#rows.columns);
    } catch (error) {
      this.#failure = failureOf(this.#context, connection, error, this.#text, this.#lease.alone);
      throw this.#endedBy(this.#failure.error);
    } finally {
      this.#time.pause();
      this.#lease.count(-1);
      this.#reading = undefined;
      settle();
    }
  }

  /** Why a read has failed: what it was ended with from outside counts, or both do, where both have watched the same bounds. */
  #endedBy(told: MdbError): MdbError {
    // Whoever has read has seen whether the server did stop.
    if (this.#reason instanceof StoppedError && told instanceof StoppedError) this.#reason = told;
    return this.#reason ?? told;
  }

  /** Ends it from outside: what is being read is stopped, and whoever asks for more gets `reason`. */
  interrupt(reason: MdbError): void {
    if (this.#closing !== undefined) return;
    this.#reason = reason;
    void this.close();
  }

  /** Closes the cursor and gives the connection back; stops a read that is under way. Idempotent; never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#unwatch();
    const { connection } = this.#lease;
    const { clock, permanent } = this.#context;
    const destroy = (): void => {
      if (!permanent) connection.destroy(this.#reason);
    };
    const cut = clock.setTimer(destroy, cancelGraceMs, { keepProcessAlive: true });
    this.#lease.count(1);
    try {
      if (this.#reading !== undefined) {
        await connection.cancel?.({ deadline: clock.now() + cancelGraceMs });
        await this.#reading;
      }
      await this.#rows.close();
    } catch (error) {
      this.#failure ??= failureOf(this.#context, connection, error, this.#text, this.#lease.alone);
    } finally {
      cut.cancel();
      this.#lease.count(-1);
      this.#lease.end(this.#failure);
    }
  }
}

function openRows(connection: DriverConnection, statement: Statement, fetchSize: number, bounds: Bounds): RowStream {
  const { signal, deadline } = bounds;
  const rows = connection.stream?.(statement, { fetchSize, deadline, ...(signal !== undefined && { signal }) });
  if (rows === undefined) throw new Error("the driver declares streams but its connection has no stream()");
  return rows;
}
