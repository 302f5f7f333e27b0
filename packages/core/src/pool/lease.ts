import type { DriverConnection, ErrorInfo } from "../driver/index.ts";
import type { PooledConnection } from "./pooled-connection.ts";

/** What a holder knows about the connection that it gives back. */
export interface ReleaseOutcome {
  /** What the driver said after an error: `"ok"` keep, `"suspect"` check before the next use, `"dead"` destroy. Default `"ok"`. */
  readonly error?: ErrorInfo["connection"] | undefined;
  /** Settings, temporary tables or locks of the session were touched, or somebody had the driver's own object: reset all of it. */
  readonly dirty?: boolean | undefined;
  /**
   * The server has answered something on this lease: a result, or an error of its own, be it its last word. The connection was of use
   * then, and what has ended it says nothing about whether others can be opened.
   */
  readonly answered?: boolean | undefined;
  /** Its holder has cut the connection off. It goes, and that says nothing about the database, nor about other connections. Default `false`. */
  readonly cut?: boolean | undefined;
}

/** Where leases go back to. */
export interface LeaseOwner {
  release(pooled: PooledConnection, outcome: ReleaseOutcome): void;
  destroy(pooled: PooledConnection, reason: unknown): boolean;
  heldMs(pooled: PooledConnection): number;
  /** A lease was garbage before it ended. */
  leaseLost(pooled: PooledConnection): void;
}

const clean: ReleaseOutcome = Object.freeze({});

/**
 * One borrowed connection, for one use: once it is given back, this object can neither reach the connection nor give it back again, so
 * nobody can release what somebody else holds by now.
 */
export class Lease {
  readonly #owner: LeaseOwner;
  #pooled: PooledConnection | undefined;

  /** Made by the pool only. */
  constructor(pooled: PooledConnection, owner: LeaseOwner) {
    this.#pooled = pooled;
    this.#owner = owner;
  }

  /** @throws Error once the lease is released: a mistake in the calling code. */
  get connection(): DriverConnection {
    const pooled = this.#pooled;
    if (pooled === undefined) throw givenBack();
    return pooled.connection;
  }

  /** How long it has been held, in milliseconds. @throws Error once the lease is released. */
  get heldMs(): number {
    if (this.#pooled === undefined) throw givenBack();
    return this.#owner.heldMs(this.#pooled);
  }

  /** Says whether it was given back or destroyed. */
  get released(): boolean {
    return this.#pooled === undefined;
  }

  /**
   * Says whether the pool has taken the connection away: at the hold limit, or past the deadline of `close()`. What runs is being stopped on
   * the server; nothing more may be sent. Giving it back still has to happen, and does nothing.
   */
  get revoked(): boolean {
    return this.#pooled !== undefined && this.#pooled.state !== "leased";
  }

  /**
   * Gives the connection back, straight to the caller who has waited longest. Synchronous. An open transaction is rolled back, and
   * what is dirty is reset, before anybody else gets it.
   * @throws Error when it was given back already: a mistake in the calling code.
   */
  release(outcome: ReleaseOutcome = clean): void {
    const pooled = this.#pooled;
    if (pooled === undefined) throw givenBack();
    this.#pooled = undefined;
    this.#owner.release(pooled, outcome);
  }

  /**
   * Gives the connection back to be destroyed, for instance with a statement that cannot be stopped. Synchronous.
   *
   * @param reason - handed to the driver
   * @returns `false` when it was cleaned and kept instead, because the database lives in it (in memory)
   * @throws Error when it was given back already: a mistake in the calling code.
   */
  destroy(reason?: unknown): boolean {
    const pooled = this.#pooled;
    if (pooled === undefined) throw givenBack();
    this.#pooled = undefined;
    return this.#owner.destroy(pooled, reason);
  }
}

function givenBack(): Error {
  return new Error("this lease was given back already; a lease is for one use");
}
