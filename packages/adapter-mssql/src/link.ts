import { type Clock, DriverFault, type OperationContext, watchExpiry } from "@nsj/mdb-core";
import { firstOfServer, noteFacts } from "./errors.ts";
import type { NativeBulkLoad, NativeConnection, NativeRequest, Tedious } from "./native.ts";

/** Which of the driver's three ways a request goes. */
export type Dispatch = "execSql" | "execSqlBatch" | "callProcedure";

/** What can be told to stop. */
interface Cancellable {
  cancel(): void;
}

/** One physical connection: one request at a time, its end in every form, and nobody surprised by a stray event. */
export class Link {
  readonly native: NativeConnection;
  readonly tedious: Tedious;
  readonly clock: Clock;
  /** Called at most once, when the connection dies while no request is pending. */
  onFatal: ((error: unknown) => void) | null = null;
  #running: { readonly target: Cancellable | undefined; readonly settled: Promise<void> } | undefined;
  #death: unknown;
  #dead = false;
  #toldFatal = false;

  constructor(native: NativeConnection, tedious: Tedious, clock: Clock) {
    this.native = native;
    this.tedious = tedious;
    this.clock = clock;
    // Without a listener, a connection that is lost would end the process.
    native.on("error", (error) => this.#lose(error));
    native.on("end", () => this.#lose(undefined));
  }

  /** `false` once the connection can never be used again. */
  get alive(): boolean {
    return !this.#dead && !this.native.closed;
  }

  /** Sends a request and waits for the end of its response. `prepare` adds parameters and listeners. */
  async request(text: string, dispatch: Dispatch, prepare: (request: NativeRequest) => void): Promise<void> {
    await this.#exchange((done) => {
      const request = new this.tedious.Request(text, done);
      request.setTimeout(0);
      prepare(request);
      return { target: request, send: () => this.native[dispatch](request) };
    });
  }

  /** Runs one of the driver's calls that take a callback: transactions, reset. */
  async call(send: (done: (error?: Error | null) => void) => void): Promise<void> {
    await this.#exchange((done) => ({ target: undefined, send: () => send(done) }));
  }

  /** Runs a bulk load that `make` sets up. */
  async load(
    make: (done: (error?: Error | null) => void) => { readonly load: NativeBulkLoad; readonly send: () => void },
  ) {
    await this.#exchange((done) => {
      const { load, send } = make(done);
      return { target: load, send };
    });
  }

  /**
   * Stops what runs, by an attention. Resolves once the pending request has ended; a server that does not answer by the deadline loses the
   * connection. Nothing to do when nothing runs.
   */
  async cancel(context: OperationContext): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const stop = watchExpiry(this.clock, context, () =>
      this.destroy(DriverFault.lost("the server did not acknowledge a cancellation in time", context.signal?.reason)),
    );
    try {
      if (running.target === undefined) await running.settled;
      else {
        running.target.cancel();
        await running.settled;
      }
    } finally {
      stop();
    }
  }

  /** Says goodbye and frees the socket. What runs is cut off. */
  async close(context: OperationContext): Promise<void> {
    if (this.native.closed) {
      this.#dead = true;
      return;
    }
    const ended = new Promise<void>((resolve) => {
      this.native.on("end", resolve);
      const stop = watchExpiry(this.clock, context, () => resolve());
      this.native.on("end", stop);
    });
    this.destroy(undefined);
    await ended;
  }

  /** Frees the socket at once. Never throws; what is pending rejects. */
  destroy(reason: unknown): void {
    if (!this.#dead) {
      this.#dead = true;
      this.#death = reason;
      this.#toldFatal = true;
    }
    try {
      this.native.close();
    } catch {
      this.native.socket?.destroy?.();
    }
  }

  async #exchange(
    make: (done: (error?: Error | null) => void) => {
      readonly target: Cancellable | undefined;
      readonly send: () => void;
    },
  ): Promise<void> {
    if (!this.alive) throw DriverFault.alreadyLost(this.#death);
    let settle: (error?: Error | null) => void = () => {};
    const finished = new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
    const { target, send } = make((error) => settle(error));
    const settled = finished.then(
      () => {},
      () => {},
    );
    const running = { target, settled };
    this.#running = running;
    try {
      send();
      await finished;
    } catch (error) {
      throw this.#explained(error);
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  /** What a request failed with, knowing what became of the connection. */
  #explained(thrown: unknown): unknown {
    // Of several errors the one that says most is thrown; the others stay behind it.
    const error = firstOfServer(thrown) ?? thrown;
    if (error instanceof Error && error !== thrown) error.cause ??= thrown;
    // From severity 20 on the server closes the connection; there is no use in waiting for it.
    if (severityOf(error) >= 20) this.destroy(error);
    noteFacts(error, { alive: this.alive });
    if (this.alive) return error;
    const reason = this.#death;
    return reason instanceof Error && reason !== error ? reason : error;
  }

  #lose(error: unknown): void {
    if (!this.#dead) this.#death = error;
    this.#dead = true;
    const isKnown = this.#running !== undefined || this.#toldFatal;
    this.#toldFatal = true;
    if (isKnown) return;
    const reported = error ?? this.#death ?? DriverFault.lost("the server closed the connection", undefined);
    noteFacts(reported, { alive: false });
    this.onFatal?.(reported);
  }
}

function severityOf(error: unknown): number {
  const all = error instanceof AggregateError && Array.isArray(error.errors) ? error.errors : [error];
  return Math.max(0, ...all.map((it) => Number((it as { readonly class?: unknown } | null)?.class) || 0));
}
