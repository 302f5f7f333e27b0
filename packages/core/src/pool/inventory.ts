import type { ConnectionState, PooledConnection } from "./pooled-connection.ts";

/**
 * Every physical connection of a pool by its state, and the idle ones in the order of their use. Each change of state goes through
 * here, so the counts cannot drift from the facts.
 */
export class Inventory {
  /** All that are not gone. */
  readonly connections = new Set<PooledConnection>();
  /** The one used last is at the end. */
  readonly #idle: PooledConnection[] = [];
  /** Changed by {@link move} only, as the two below. */
  leased = 0;
  validating = 0;
  resetting = 0;
  #closing = 0;
  /** Attempts to connect that have not settled. */
  connecting = 0;
  /** Attempts that the pool has given up, but whose driver has not let go yet. */
  abandoned = 0;

  get idle(): number {
    return this.#idle.length;
  }
  get closing(): number {
    return this.#closing + this.abandoned;
  }
  /** Established and not on its way out. */
  get usable(): number {
    return this.connections.size - this.#closing;
  }
  get total(): number {
    return this.connections.size + this.connecting + this.abandoned;
  }

  /** Enters a new connection as idle, on top. */
  add(pooled: PooledConnection): void {
    this.connections.add(pooled);
    this.#idle.push(pooled);
  }

  /** The idle connection used last. */
  top(): PooledConnection | undefined {
    return this.#idle[this.#idle.length - 1];
  }

  /** The idle connection unused longest. */
  bottom(): PooledConnection | undefined {
    return this.#idle[0];
  }

  /** Idle connections, the one used last first; safe against changes while it runs. */
  idleFromTop(): PooledConnection[] {
    return this.#idle.toReversed();
  }

  /** Idle connections, the one unused longest first; safe against changes while it runs. */
  idleFromBottom(): PooledConnection[] {
    return this.#idle.slice();
  }

  move(pooled: PooledConnection, to: ConnectionState): void {
    switch (pooled.state) {
      case "idle":
        if (this.top() === pooled) this.#idle.pop();
        else this.#idle.splice(this.#idle.indexOf(pooled), 1);
        break;
      case "leased":
        this.leased--;
        break;
      case "validating":
        this.validating--;
        break;
      case "resetting":
        this.resetting--;
        break;
      case "closing":
        this.#closing--;
    }
    pooled.state = to;
    switch (to) {
      case "idle":
        this.#idle.push(pooled);
        break;
      case "leased":
        this.leased++;
        break;
      case "validating":
        this.validating++;
        break;
      case "resetting":
        this.resetting++;
        break;
      case "closing":
        this.#closing++;
        break;
      case "gone":
        this.connections.delete(pooled);
    }
  }

  /** The lease that has lasted longest. */
  oldestLease(): PooledConnection | undefined {
    let oldest: PooledConnection | undefined;
    for (const pooled of this.connections) {
      if (pooled.state === "leased" && (oldest === undefined || pooled.leasedAt < oldest.leasedAt)) oldest = pooled;
    }
    return oldest;
  }
}
