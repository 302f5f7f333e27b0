import type { Holder } from "./holder.ts";
import { Lease } from "./lease.ts";
import type { PoolState } from "./pool-state.ts";
import type { DestroyReason, PooledConnection } from "./pooled-connection.ts";

/** Lends without waiting, where a connection can be had that needs no check; nobody who waits is passed over. */
export function tryLend(state: PoolState, holder: Holder | undefined): Lease | undefined {
  if (state.queue.size !== 0 || state.closed) return undefined;
  const pooled = state.inventory.top();
  if (pooled === undefined) return undefined;
  const now = state.clock.now();
  // Reading the wall clock costs as much as the rest; a machine that slept within the last millisecond is not worth it each time.
  if (now - pooled.provenAt >= 1) state.suspicion.observe(now);
  const ready =
    pooled.connection.usable && outlived(state, pooled, now) === undefined && !needsCheck(state, pooled, now);
  return ready && !pooled.unclean ? lend(state, pooled, holder, now, 0) : undefined;
}

/** @param takenBy - where it was asked for; by default, here and now */
export function lend(
  state: PoolState,
  pooled: PooledConnection,
  holder: Holder | undefined,
  now: number,
  waitedMs: number,
  takenBy?: Error,
): Lease {
  const { counters, inventory, lostLeases, options, owner } = state;
  inventory.move(pooled, "leased");
  pooled.uses++;
  pooled.leasedAt = now;
  pooled.waitedMs = waitedMs;
  pooled.holder = holder;
  if (holder !== undefined) holder.leases++;
  if (!options.keepProcessAlive) pooled.connection.ref?.();
  counters.acquired++;
  counters.acquireTimes.record(waitedMs);
  const lease = new Lease(pooled, owner);
  if (lostLeases !== undefined) {
    pooled.takenBy = takenBy ?? state.stack();
    lostLeases.register(lease, pooled, pooled);
  }
  return lease;
}

/** Why it is not lent again, if so. */
export function outlived(state: PoolState, pooled: PooledConnection, now: number): DestroyReason | undefined {
  if (state.permanent) return undefined;
  if (pooled.connection.fits === false) return "unfit";
  if (now >= pooled.expiresAt) return "lifetime";
  return pooled.uses >= state.options.maxUses ? "uses" : undefined;
}

/** Says whether a check proves anything, and nothing is lost with a connection that fails it. */
export function canCheck(state: PoolState, pooled: PooledConnection): boolean {
  return pooled.connection.ping !== undefined && !state.permanent;
}

/** Says whether it has to prove that it is alive before it is lent. */
export function needsCheck(state: PoolState, pooled: PooledConnection, now: number): boolean {
  if (now - pooled.provenAt < state.options.validateAfterIdleMs && !state.suspicion.doubts(pooled)) return false;
  return canCheck(state, pooled);
}

/** Says whether it is in doubt, and can prove that it is alive. */
export function inDoubt(state: PoolState, pooled: PooledConnection): boolean {
  return canCheck(state, pooled) && state.suspicion.doubts(pooled);
}
