import type { Clock } from "../driver/index.ts";
import type { PooledConnection } from "./pooled-connection.ts";

/** The wall clock this far ahead of the other one means that the machine slept; less is an ordinary correction of the time. */
const sleptMs = 5_000;

/**
 * Which connections are in doubt. When one dies, or the process was suspended, the others that were open then have probably died too
 * without a sign; each is checked before its next use. A connection opened or checked since is not in doubt.
 */
export class Suspicion {
  readonly #clock: Clock;
  #raised = 0;
  /** How far the wall clock is ahead of the monotonic one. */
  #lead: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lead = clock.wallNow() - clock.now();
  }

  /** What a connection that is alive now has seen; goes into `PooledConnection.suspicionSeen`. */
  get current(): number {
    return this.#raised;
  }

  /** Puts every connection that is open now in doubt. */
  raise(): void {
    this.#raised++;
  }

  doubts(pooled: PooledConnection): boolean {
    return pooled.suspicionSeen < this.#raised;
  }

  /** Notices that the machine slept: the monotonic clock stood still meanwhile, the wall clock did not. */
  observe(now: number): void {
    const lead = this.#clock.wallNow() - now;
    if (lead - this.#lead > sleptMs) this.#raised++;
    this.#lead = lead;
  }
}
