export type { AcquireRequest } from "./acquire-request.ts";
export { type BudgetStats, ConnectionBudget, type ConnectionBudgetOptions, connectionBudget } from "./budget.ts";
export { checkPoolOptions } from "./check-pool-options.ts";
export { numberOf } from "./connection-number.ts";
export type { ConnectionSource } from "./connection-source.ts";
export type { AcquireTrace, ConnectTrace, PoolEvent, PoolPlace } from "./diagnostics.ts";
export type { CloseOptions } from "./drain.ts";
export type { PoolHealth } from "./health.ts";
export type { Holder, LeaseSite, RevokeReason } from "./holder.ts";
export type { Lease, ReleaseOutcome } from "./lease.ts";
export { type Borrowed, LeaseLimit, type LeasePool } from "./lease-limit.ts";
export {
  type BackoffOptions,
  type ControlledDelay,
  type PoolOptions,
  poolDefaults,
} from "./options.ts";
export { Pool } from "./pool.ts";
export type { DestroyReason } from "./pooled-connection.ts";
export type { PoolStats, RejectedCounts, TimeBucket } from "./stats.ts";
export { reportedAfterMs } from "./upkeep.ts";
