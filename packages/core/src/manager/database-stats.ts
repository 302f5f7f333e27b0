import type { PoolStats } from "../pool/index.ts";
import type { BranchesInDoubt } from "../session/index.ts";

/** What a manager knows of one of its databases without asking it. */
export interface DatabaseStats extends PoolStats {
  /**
   * What recovery has seen prepared there, and left, when it looked last: by itself every 30 seconds, or in `recover()`. Absent where nobody knows: before the first look, where the
   * database could not be reached at the last one, and where it cannot prepare at all.
   */
  readonly inDoubt?: BranchesInDoubt;
}

/** The figures of a pool, with what recovery knows of its database. */
export function statsOf(database: { stats(): PoolStats }, inDoubt: BranchesInDoubt | undefined): DatabaseStats {
  const stats = database.stats();
  return inDoubt === undefined ? stats : { ...stats, inDoubt };
}
