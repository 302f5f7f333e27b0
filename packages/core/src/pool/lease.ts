import type { DriverConnection, ErrorInfo } from "../driver/index.ts";
import type { Slot } from "./slot.ts";

/** What a holder knows about the connection that it gives back. */
export interface ReleaseOutcome {
  /** What the driver said after an error: `"ok"` keep, `"suspect"` check before the next use, `"dead"` destroy. Default `"ok"`. */
  readonly error?: ErrorInfo["connection"] | undefined;
  /** Settings, temporary tables or locks of the session were touched, or somebody had the driver's own object: reset all of it. */
  readonly dirty?: boolean | undefined;
}

/** Where a lease goes back to. */
export interface LeaseKeeper {
  giveBack(slot: Slot, outcome: ReleaseOutcome): void;
  destroy(slot: Slot, reason: unknown): void;
  heldMs(slot: Slot): number;
}

const clean: ReleaseOutcome = Object.freeze({});

/**
 * One connection on loan, for one use: once it is given back, this object can neither reach the connection nor give it back again, so
 * nobody can release what somebody else holds by now.
 */
export class Lease {
  readonly #keeper: LeaseKeeper;
  #slot: Slot | undefined;

  /** Made by the pool only. */
  constructor(slot: Slot, keeper: LeaseKeeper) {
    this.#slot = slot;
    this.#keeper = keeper;
  }

  /** @throws Error once the lease is released: a mistake in the calling code. */
  get connection(): DriverConnection {
    return this.#held().connection;
  }

  /** How long it has been held, in milliseconds. @throws Error once the lease is released. */
  get heldMs(): number {
    return this.#keeper.heldMs(this.#held());
  }

  /** Says whether it was given back or destroyed. */
  get released(): boolean {
    return this.#slot === undefined;
  }

  /**
   * Gives the connection back, straight to the caller who has waited longest. Synchronous. An open transaction is rolled back, and
   * what is dirty is reset, before anybody else gets it.
   * @throws Error when it was given back already: a mistake in the calling code.
   */
  release(outcome: ReleaseOutcome = clean): void {
    const slot = this.#held();
    this.#slot = undefined;
    this.#keeper.giveBack(slot, outcome);
  }

  /**
   * Gives the connection back to be destroyed, for instance with a statement that cannot be stopped. Synchronous.
   *
   * @param reason - handed to the driver
   * @throws Error when it was given back already: a mistake in the calling code.
   */
  destroy(reason?: unknown): void {
    const slot = this.#held();
    this.#slot = undefined;
    this.#keeper.destroy(slot, reason);
  }

  #held(): Slot {
    const slot = this.#slot;
    if (slot === undefined) throw new Error("this lease was given back already; a lease is for one use");
    return slot;
  }
}
