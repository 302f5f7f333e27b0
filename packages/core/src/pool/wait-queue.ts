import type { Holder } from "./holder.ts";
import type { Lease } from "./lease.ts";

/** What a caller waits with. */
export interface WaitTerms {
  readonly since: number;
  /** The moment it gives up. */
  readonly deadline: number;
  /** The caller named a deadline itself. */
  readonly ownDeadline: boolean;
  /** The caller named a deadline, or gave a signal: it ends its wait itself. */
  readonly bounded: boolean;
  /** Only a connection opened from now on will do. */
  readonly fresh: boolean;
  /** It goes before all others. */
  readonly ahead: boolean;
  /** The first failed attempt to connect fails it too, instead of only a pool that is down. */
  readonly failsWithConnect: boolean;
  readonly holder: Holder | undefined;
  readonly signal: AbortSignal | undefined;
  /** Where the caller is, with leak detection on. */
  readonly takenBy: Error | undefined;
}

/** Somebody who waits for a connection. It belongs to the pool, never to one attempt to connect. */
export class Waiter {
  readonly terms: WaitTerms;
  readonly outcome: Promise<Lease>;
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: unknown) => void;
  /** The listener on the caller's signal, while there is one. */
  onAbort: (() => void) | undefined = undefined;
  queued = false;
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;

  constructor(terms: WaitTerms) {
    const { promise, resolve, reject } = Promise.withResolvers<Lease>();
    this.terms = terms;
    this.outcome = promise;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/**
 * Those who wait, in the order they came, but for those who go ahead of all. A linked list: whoever gives up leaves from the middle at once, so nothing piles up behind
 * one long waiter.
 */
export class WaitQueue {
  #oldest: Waiter | undefined = undefined;
  #newest: Waiter | undefined = undefined;
  /** Kept here only. A field: every lease asks whether anybody waits. */
  size = 0;
  /** Kept here only: how many of them insist on a new connection. */
  fresh = 0;

  get oldest(): Waiter | undefined {
    return this.#oldest;
  }

  /** The oldest that takes a connection which was there before. */
  get oldestForUsed(): Waiter | undefined {
    let at = this.#oldest;
    while (at?.terms.fresh === true) at = at.next;
    return at;
  }

  /** The oldest that insists on a new connection. */
  get oldestForFresh(): Waiter | undefined {
    if (this.fresh === 0) return undefined;
    let at = this.#oldest;
    while (at?.terms.fresh === false) at = at.next;
    return at;
  }

  push(waiter: Waiter): void {
    waiter.queued = true;
    if (waiter.terms.ahead) this.#putFirst(waiter);
    else this.#putLast(waiter);
    this.size++;
    if (waiter.terms.fresh) this.fresh++;
  }

  #putLast(waiter: Waiter): void {
    waiter.previous = this.#newest;
    if (this.#newest === undefined) this.#oldest = waiter;
    else this.#newest.next = waiter;
    this.#newest = waiter;
  }

  #putFirst(waiter: Waiter): void {
    waiter.next = this.#oldest;
    if (this.#oldest === undefined) this.#newest = waiter;
    else this.#oldest.previous = waiter;
    this.#oldest = waiter;
  }

  remove(waiter: Waiter): void {
    if (!waiter.queued) return;
    waiter.queued = false;
    const { previous, next } = waiter;
    if (previous === undefined) this.#oldest = next;
    else previous.next = next;
    if (next === undefined) this.#newest = previous;
    else next.previous = previous;
    waiter.previous = undefined;
    waiter.next = undefined;
    this.size--;
    if (waiter.terms.fresh) this.fresh--;
  }

  /** From the oldest on; safe against removal of the one just given. */
  *[Symbol.iterator](): Generator<Waiter, undefined, undefined> {
    let at = this.#oldest;
    while (at !== undefined) {
      const { next } = at;
      yield at;
      at = next;
    }
  }

  /** From the newest back. */
  *newestFirst(): Generator<Waiter, undefined, undefined> {
    for (let at = this.#newest; at !== undefined; at = at.previous) yield at;
  }
}
