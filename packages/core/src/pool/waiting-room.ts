import { type LeaseSite, startWaiting, stopWaiting } from "./deadlock.ts";
import type { Lease } from "./lease.ts";
import type { PoolParts } from "./pool-parts.ts";
import { Waiter, WaitQueue, type WaitTerms } from "./wait-queue.ts";

/** Told when the room fills and empties, so that the process stays alive while somebody waits. */
export interface WaitingRoomListener {
  filled(): void;
  emptied(): void;
}

/** Where callers wait. Each leaves exactly once: served, or turned away with an error; nothing of it stays behind. */
export class WaitingRoom {
  readonly queue = new WaitQueue();
  readonly #parts: PoolParts;
  readonly #site: LeaseSite;
  readonly #listener: WaitingRoomListener;

  /** @param site - the pool, as its deadlock check sees it */
  constructor(parts: PoolParts, site: LeaseSite, listener: WaitingRoomListener) {
    this.#parts = parts;
    this.#site = site;
    this.#listener = listener;
  }

  /** Lets somebody in. */
  enter(terms: WaitTerms): Waiter {
    const waiter = new Waiter(terms);
    const { holder, signal } = terms;
    if (this.queue.size === 0) this.#listener.filled();
    this.queue.push(waiter);
    if (holder !== undefined) startWaiting(holder, this.#site);
    if (signal !== undefined) {
      waiter.onAbort = () => {
        this.#parts.counters.cancelled++;
        this.turnAway(waiter, this.#parts.failures.cancelled(signal));
      };
      signal.addEventListener("abort", waiter.onAbort, { once: true });
    }
    this.#parts.wake(terms.deadline);
    return waiter;
  }

  serve(waiter: Waiter, lease: Lease): void {
    this.#leave(waiter);
    waiter.resolve(lease);
  }

  turnAway(waiter: Waiter, error: unknown): void {
    if (!waiter.queued) return;
    this.#leave(waiter);
    waiter.reject(error);
  }

  /** Turns away those for whom `error` gives one, oldest first. */
  turnAwayWhere(error: (waiter: Waiter) => unknown): void {
    for (const waiter of this.queue) {
      const reason = error(waiter);
      if (reason !== undefined) this.turnAway(waiter, reason);
    }
  }

  /** Turns away one whose time is over. */
  timeOut(waiter: Waiter, now: number): void {
    this.#parts.counters.timeouts++;
    const { since, ownDeadline } = waiter.terms;
    this.turnAway(waiter, this.#parts.failures.timeout(now - since, ownDeadline));
  }

  /** Turns away everybody whose time is over; gives the next deadline, `Infinity` when nobody waits. */
  expire(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const waiter of this.queue) {
      const { deadline } = waiter.terms;
      if (deadline <= now) this.timeOut(waiter, now);
      else next = Math.min(next, deadline);
    }
    return next;
  }

  #leave(waiter: Waiter): void {
    this.queue.remove(waiter);
    const { holder, signal } = waiter.terms;
    if (holder !== undefined) stopWaiting(holder, this.#site);
    if (waiter.onAbort !== undefined) signal?.removeEventListener("abort", waiter.onAbort);
    if (this.queue.size === 0) this.#listener.emptied();
  }
}
