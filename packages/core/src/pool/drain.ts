import type { Timer } from "../driver/index.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { PoolParts } from "./pool-parts.ts";

/** How a pool is closed. */
export interface CloseOptions {
  /** How long leases may last yet, in milliseconds. Default: the option `drainTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
}

/** What `close()` had to do by force. */
export interface CloseResult {
  /** Connections taken from their holders because these had not finished in time. */
  readonly destroyed: number;
}

/** Closes a pool: at once for those who wait or come, gently for those who work, in the end for all. */
export class Drain {
  /** Settles when no connection is left. */
  readonly done: Promise<CloseResult>;
  readonly #parts: PoolParts;
  readonly #dispatcher: Dispatcher;
  readonly #finish: (result: CloseResult) => void;
  #destroyed = 0;
  #cutAt = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined = undefined;

  constructor(parts: PoolParts, dispatcher: Dispatcher) {
    this.#parts = parts;
    this.#dispatcher = dispatcher;
    const { promise, resolve } = Promise.withResolvers<CloseResult>();
    this.done = promise;
    this.#finish = resolve;
  }

  /** Begins, at most once. */
  start(): void {
    const { counters, failures, inventory } = this.#parts;
    const { care, lender, opener, room } = this.#dispatcher;
    lender.closed = true;
    care.draining = true;
    room.turnAwayWhere(() => {
      counters.rejected.closed++;
      return failures.closed();
    });
    opener.giveUp(failures.closed());
    for (const slot of inventory.idleFromTop()) care.retire(slot, "closed");
  }

  /** Leases that last longer than this from now on are cut; an earlier moment that was set before stands. */
  cutAfter(timeoutMs: number): void {
    const { clock } = this.#parts;
    const at = clock.now() + timeoutMs;
    if (at < this.#cutAt) {
      this.#cutAt = at;
      this.#timer?.cancel();
      this.#timer = clock.setTimer(() => this.#cut(), timeoutMs, { keepProcessAlive: true });
    }
    this.check();
  }

  /** Sees whether the pool is empty by now. */
  check(): void {
    if (this.#parts.inventory.total > 0) return;
    this.#timer?.cancel();
    this.#finish({ destroyed: this.#destroyed });
  }

  #cut(): void {
    this.#destroyed += this.#parts.inventory.leased;
    this.#dispatcher.lender.cutAll();
    this.check();
  }
}
