import type { HeldLease } from "./holder.ts";

/** A pool's part in a budget that several pools share, as the pool sees it; see `budget-share`. */
export interface PoolShare {
  /** Whether the budget is what keeps callers waiting. */
  readonly starves: boolean;
  /** Whether the budget is used up. */
  readonly exhausted: boolean;
  /** Another pool wants what this one has. */
  readonly isWanted: boolean;
  /** How the budget is spread, for an error. */
  describe(): string;
  /** The leases of every pool of the budget. */
  allLeases(): Iterable<HeldLease>;
  /** Says whether one more may be opened; if so, it counts. */
  take(now: number): boolean;
  /** Says whether a connection that comes back has to go. */
  owes(now: number): boolean;
  /** A connection begins to close for another pool. */
  yields(kind: "idle" | "busy"): void;
  /** One that was yielded is gone. */
  yielded(): void;
  /** Tells the budget what is gone, and has it given to those who starve. Called when a decision has been carried out. */
  tell(): void;
  /** Callers starve: others may have something to give. */
  starve(): void;
}
