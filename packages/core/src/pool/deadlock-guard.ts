import { holdsLease, isDeadlocked, type LeaseSite } from "./deadlock.ts";
import type { Holder } from "./holder.ts";
import type { PoolParts } from "./pool-parts.ts";
import type { Waiter } from "./wait-queue.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Keeps those who wait for each other from waiting for ever, in one pool or across several. */
export class DeadlockGuard implements LeaseSite {
  readonly #parts: PoolParts;
  readonly #room: () => WaitingRoom;

  constructor(parts: PoolParts, room: () => WaitingRoom) {
    this.#parts = parts;
    this.#room = room;
  }

  get exhausted(): boolean {
    return this.#parts.inventory.leased === this.#parts.max;
  }

  *leaseHolders(): Generator<Holder | undefined, undefined, undefined> {
    for (const slot of this.#parts.inventory.slots) {
      if (slot.state === "leased") yield slot.holder;
    }
  }

  failNewestHolder(): boolean {
    for (const waiter of this.#room().queue.newestFirst()) {
      if (waiter.terms.holder === undefined || !holdsLease(waiter.terms.holder)) continue;
      this.#fail(waiter);
      return true;
    }
    return false;
  }

  /** A caller has begun to wait: if that closes a ring, it fails. Only one who holds a connection can close one. */
  afterWait(waiter: Waiter): void {
    const { holder } = waiter.terms;
    if (holder !== undefined && waiter.queued && holdsLease(holder) && isDeadlocked(this)) this.#fail(waiter);
  }

  /** A scope has just got a connection. If scopes inside it wait, that may have closed a ring: then the newest of them fails. */
  afterLend(holder: Holder | undefined): void {
    if (holder?.waits === undefined) return;
    for (const site of new Set(holder.waits)) {
      while (isDeadlocked(site) && site.failNewestHolder());
    }
  }

  #fail(waiter: Waiter): void {
    this.#parts.counters.rejected.deadlock++;
    this.#room().turnAway(waiter, this.#parts.failures.deadlock());
  }
}
