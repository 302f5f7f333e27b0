import type { PoolOptions } from "./options.ts";

/** Holds seen before the pool trusts its idea of how long one takes. */
const enoughHolds = 20;
/** The weight of one more hold in the average. */
const weight = 1 / 16;

/**
 * Who is refused under overload, so that the others are served while it still helps them. A queue that everybody waits in until they
 * give up does work only for those who have gone.
 */
export class Shedding {
  readonly #mode: NonNullable<PoolOptions["shedding"]>;
  #meanHoldMs = 0;
  #holds = 0;
  /** Since when somebody has been waiting all the time. */
  #queuedSince = Number.POSITIVE_INFINITY;

  constructor(mode: NonNullable<PoolOptions["shedding"]>) {
    this.#mode = mode;
  }

  /** A lease ended after this long. */
  held(ms: number): void {
    if (this.#mode !== "deadline") return;
    this.#holds++;
    // Until the average has settled, each hold counts alike.
    this.#meanHoldMs += (ms - this.#meanHoldMs) * (this.#holds * weight < 1 ? 1 / this.#holds : weight);
  }

  /** The queue was empty, and is not any more. */
  queueStarted(now: number): void {
    this.#queuedSince = now;
  }

  /**
   * Says whether a newcomer's own deadline will pass before its turn.
   *
   * @param ahead - how many wait already
   * @param leases - connections that come back one by one; no others are to be expected
   */
  refuses(deadline: number, now: number, ahead: number, leases: number): boolean {
    if (this.#mode !== "deadline" || this.#holds < enoughHolds || leases === 0) return false;
    return now + ((ahead + 1) * this.#meanHoldMs) / leases > deadline;
  }

  /** Says whether somebody who has waited since then has waited too long (controlled delay), now that it would be their turn. */
  drops(since: number, now: number): boolean {
    if (typeof this.#mode === "string") return false;
    return now - this.#queuedSince > this.#mode.intervalMs && now - since > this.#mode.targetMs;
  }
}
