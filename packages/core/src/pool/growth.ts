import type { PoolParts } from "./pool-parts.ts";
import type { WaitQueue } from "./wait-queue.ts";

/** The most attempts to connect at a time. */
const widest = 32;

/** What growth does to the pool. */
export interface GrowthActions {
  /** Connections that will probably be ready soon. */
  promising(): number;
  open(): void;
  /** Ends one idle connection at once to make room; `false` when there is none. */
  sacrifice(): boolean;
}

/**
 * Decides when to open connections. Slow start: 1, 2, 4, 8 and so on attempts at a time while callers go on waiting, back to 1 once
 * nobody does. So a spike that the present connections can serve opens hardly any, and lasting load gets its connections quickly.
 */
export class Growth {
  readonly #parts: PoolParts;
  readonly #queue: WaitQueue;
  readonly #actions: GrowthActions;
  #window = 1;
  /** `min` counts from the first use on: nothing connects by itself before that. */
  #started = false;

  constructor(parts: PoolParts, queue: WaitQueue, actions: GrowthActions) {
    this.#parts = parts;
    this.#queue = queue;
    this.#actions = actions;
  }

  /** The pool is in use: from now on `min` is kept up. */
  start(): void {
    this.#started = true;
  }

  /** Nobody waits any more. */
  demandMet(): void {
    this.#window = 1;
  }

  /** A connection died or could not be opened: go carefully. */
  setBack(): void {
    this.#window = 1;
  }

  /** A connection was opened; if there is use for more, the next ones come faster. */
  succeeded(): void {
    if (this.#wanted() > 0 || this.#queue.size > 0) this.#window = Math.min(widest, this.#window * 2);
  }

  /** Opens what is wanted and possible now. */
  grow(now: number): void {
    const { health, inventory, max, wake } = this.#parts;
    while (this.#wanted() > 0 && inventory.connecting < this.#window) {
      if (!health.mayAttempt(now, inventory.connecting)) {
        // While an attempt runs its end calls here again.
        if (inventory.connecting === 0) wake(health.retryAt);
        return;
      }
      if (inventory.total >= health.limit(max, now)) {
        if (this.#makeRoom()) continue;
        if (health.cappedUntil > now) wake(health.cappedUntil);
        return;
      }
      this.#actions.open();
    }
  }

  /** Opens one more than is wanted, to replace one that has to go; only where that is safe and there is room. */
  openSpare(now: number): void {
    const { health, inventory, max } = this.#parts;
    if (inventory.connecting > 0 || health.last !== undefined || inventory.total >= health.limit(max, now)) return;
    this.#actions.open();
  }

  /** The one who has waited longest insists on a new connection, and there is no room for one: what comes free must go. */
  owesRoom(now: number): boolean {
    const { health, inventory, max, permanent } = this.#parts;
    if (this.#queue.oldest?.terms.fresh !== true || permanent || this.#queue.fresh <= inventory.connecting)
      return false;
    return inventory.total >= health.limit(max, now);
  }

  #wanted(): number {
    const { inventory, options, max } = this.#parts;
    const used = this.#queue.size - this.#queue.fresh;
    const unserved = Math.max(0, used - this.#actions.promising()) + this.#queue.fresh;
    const missing = this.#started ? Math.min(options.min, max) - inventory.usable : 0;
    return Math.max(unserved, missing) - inventory.connecting;
  }

  /** Somebody insists on a new connection and the pool is full: an old one goes. */
  #makeRoom(): boolean {
    const { inventory, permanent } = this.#parts;
    if (permanent || this.#queue.fresh <= inventory.connecting) return false;
    return this.#actions.sacrifice();
  }
}
