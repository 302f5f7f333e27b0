import type { Clock } from "../driver/index.ts";
import { type DriverConnection, type ErrorInfo, type OperationContext, translateError } from "../driver/index.ts";
import { classifySafely } from "./classify-safely.ts";
import type { ConnectionSource } from "./connection-source.ts";
import { connectChannel } from "./diagnostics.ts";
import type { ConnectFailure } from "./health.ts";
import { setTimeLimit } from "./time-limit.ts";

/** Told how an attempt goes. `opened` or `failed` comes first; after `failed` of a driver that has not let go yet, `letGo` follows. */
export interface AttemptListener {
  opened(connection: DriverConnection): void;
  /** @param pending - the driver still works on it; `letGo` will follow */
  failed(failure: ConnectFailure, pending: boolean): void;
  letGo(): void;
}

/** How long attempts may take. */
export interface AttemptLimits {
  readonly connectTimeoutMs: number;
  /** How long a driver may go on after its time is over before the pool forgets it. */
  readonly closeTimeoutMs: number;
}

const timedOut: ErrorInfo = Object.freeze({
  kind: "connect-timeout",
  connection: "dead",
  executed: "no",
  retry: "connect",
});
/** Of a connection that died before it was of any use. */
export const lostAtOnce: ErrorInfo = Object.freeze({
  kind: "lost",
  connection: "dead",
  executed: "no",
  retry: "connect",
});

/**
 * One attempt to open a connection. It ends by its time limit whatever the driver does; a connection that arrives later is destroyed
 * at once.
 */
export class ConnectAttempt {
  readonly #source: ConnectionSource;
  readonly #clock: Clock;
  readonly #limits: AttemptLimits;
  readonly #listener: AttemptListener;
  readonly #controller = new AbortController();
  #state: "running" | "given-up" | "settled" = "running";
  #timer: { cancel(): void };

  /** Starts at once, in the caller's async context. */
  constructor(source: ConnectionSource, clock: Clock, limits: AttemptLimits, listener: AttemptListener) {
    this.#source = source;
    this.#clock = clock;
    this.#limits = limits;
    this.#listener = listener;
    const { connectTimeoutMs } = limits;
    this.#timer = setTimeLimit(clock, connectTimeoutMs, () => this.giveUp());
    this.#connect({ deadline: clock.now() + connectTimeoutMs, signal: this.#controller.signal }).then(
      (connection) => this.#opened(connection),
      (error: unknown) => this.#failed(error),
    );
  }

  /** Ends the attempt as timed out. Does nothing when it has ended. */
  giveUp(reason?: unknown): void {
    if (this.#state !== "running") return;
    this.#state = "given-up";
    this.#timer.cancel();
    this.#timer = this.#clock.setTimer(() => this.#settle(), this.#limits.closeTimeoutMs);
    this.#listener.failed({ error: reason, info: timedOut }, true);
    this.#controller.abort(reason);
  }

  async #connect(context: OperationContext): Promise<DriverConnection> {
    if (!connectChannel.hasSubscribers) return this.#source.connect(context);
    const { label: database, engine, target } = this.#source;
    let native: unknown;
    try {
      return await connectChannel.tracePromise(
        async () => {
          try {
            return await this.#source.connect(context);
          } catch (error) {
            native = error;
            // Subscribers see what a caller would see.
            throw translateError(error, classifySafely(this.#source, error), { database, engine, target });
          }
        },
        { database, engine, address: target.address },
      );
    } catch (error) {
      throw native ?? error;
    }
  }

  #opened(connection: DriverConnection): void {
    if (this.#state !== "running") {
      this.#settle();
      connection.destroy();
      return;
    }
    if (!connection.usable) {
      this.#failed(new Error("the connection was lost while it was opened"), lostAtOnce);
      connection.destroy();
      return;
    }
    this.#state = "settled";
    this.#timer.cancel();
    this.#listener.opened(connection);
  }

  #failed(error: unknown, info?: ErrorInfo): void {
    if (this.#state !== "running") {
      this.#settle();
      return;
    }
    this.#state = "settled";
    this.#timer.cancel();
    this.#listener.failed({ error, info: info ?? classifySafely(this.#source, error) }, false);
  }

  /** An attempt that was given up has come to its end, or is forgotten. */
  #settle(): void {
    if (this.#state !== "given-up") return;
    this.#state = "settled";
    this.#timer.cancel();
    this.#listener.letGo();
  }
}
