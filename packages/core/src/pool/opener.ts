import type { DriverConnection } from "../driver/index.ts";
import { ConnectAttempt } from "./connect-attempt.ts";
import type { ConnectFailure } from "./health.ts";
import type { PoolParts } from "./pool-parts.ts";
import { Slot } from "./slot.ts";

/** Told how attempts end. Any of these may lend, open and close connections at once. */
export interface OpenerListener {
  /** A new connection; it counts as idle. */
  opened(slot: Slot): void;
  connectFailed(failure: ConnectFailure): void;
  /** An attempt that had failed holds no room any more. */
  gone(): void;
  /** The connection died while nobody called it. */
  died(slot: Slot, error: unknown): void;
}

/** Opens connections in the pool's own async context. Attempts count until they settle. */
export class Opener {
  readonly #parts: PoolParts;
  readonly #listener: OpenerListener;
  readonly #attempts = new Set<ConnectAttempt>();

  constructor(parts: PoolParts, listener: OpenerListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  /** Starts an attempt. The caller has seen that there is room. */
  open(): void {
    const { clock, inOwnContext, inventory, options, source } = this.#parts;
    inventory.connecting++;
    const end = (pending: boolean): void => {
      inventory.connecting--;
      if (pending) inventory.abandoned++;
      this.#attempts.delete(attempt);
    };
    const attempt = inOwnContext(
      () =>
        new ConnectAttempt(source, clock, options, {
          opened: (connection) => {
            end(false);
            this.#opened(connection);
          },
          failed: (failure, pending) => {
            end(pending);
            this.#listener.connectFailed(failure);
          },
          letGo: () => {
            inventory.abandoned--;
            this.#listener.gone();
          },
        }),
    );
    this.#attempts.add(attempt);
  }

  /** Ends all attempts; a driver that does not let go is waited for as for a close. */
  giveUp(reason: unknown): void {
    for (const attempt of [...this.#attempts]) attempt.giveUp(reason);
  }

  #opened(connection: DriverConnection): void {
    const { clock, counters, inventory, options, permanent, random, reports, suspicion } = this.#parts;
    const now = clock.now();
    const lifetimeMs = options.maxLifetimeMs * (1 - options.lifetimeJitter * random());
    const slot = new Slot(connection, now, {
      expiresAt: permanent ? Number.POSITIVE_INFINITY : now + lifetimeMs,
      keepaliveAfterMs: options.keepaliveMs * (0.8 + 0.4 * random()),
      suspicionSeen: suspicion.current,
    });
    connection.onFatal = (error) => this.#listener.died(slot, error);
    inventory.add(slot);
    counters.created++;
    reports.opened();
    this.#listener.opened(slot);
  }
}
