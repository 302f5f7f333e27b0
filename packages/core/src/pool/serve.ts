import { destroy, destroyDead, retire, yieldUp } from "./end-connection.ts";
import { grow, owesRoom } from "./growth.ts";
import { inDoubt, lend, needsCheck, outlived } from "./lend.ts";
import type { PoolState } from "./pool-state.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import { nextWaiter, serveWaiter } from "./wait.ts";
import type { Waiter } from "./wait-queue.ts";

/** Gives idle connections to those who wait, and opens more where that is not enough. Follows whatever may have changed either. */
export function serve(state: PoolState, now: number): void {
  if (state.closed) return;
  serveFromIdle(state, now);
  grow(state, now);
}

/**
 * A connection is nobody's: to the caller who has waited longest, or to rest. So none is idle while somebody could use it, and nobody can
 * barge in between.
 *
 * @param opened - it is new
 */
export function offer(state: PoolState, pooled: PooledConnection, now: number, opened = false): void {
  const { inventory, options, queue } = state;
  const reason = state.closed ? "closed" : pooled.doomed;
  if (reason === undefined && !opened && state.share?.owes(now) === true) {
    yieldUp(state, pooled, "busy");
    return;
  }
  if (reason !== undefined) {
    retire(state, pooled, reason);
    return;
  }
  if (queue.size > 0) {
    if (!opened && owesRoom(state, now)) {
      destroy(state, pooled, "replaced");
      serve(state, now);
      return;
    }
    if (queue.size > queue.fresh && inDoubt(state, pooled)) {
      check(state, pooled);
      return;
    }
    const waiter = nextWaiter(state, opened, now);
    if (waiter !== undefined) {
      lendTo(state, waiter, pooled, now);
      return;
    }
  }
  if (pooled.state !== "idle") inventory.move(pooled, "idle");
  if (!options.keepProcessAlive) pooled.connection.unref?.();
}

/**
 * Pings it; then it is offered, or gone. Its time is the pool's: a caller in a hurry does not cost the pool a connection.
 *
 * @param unlikely - others have failed just now, so nobody should count on this one
 */
export function check(state: PoolState, pooled: PooledConnection, unlikely = false): void {
  if (unlikely) state.unlikelyChecks++;
  state.inventory.move(pooled, "validating");
  state.counters.validations++;
  state.effects.push({ kind: "check", pooled, unlikely });
}

/** Rolls back what is open and, where the session was touched, resets it; then it is offered, or gone. */
export function clean(state: PoolState, pooled: PooledConnection, session: boolean): void {
  state.inventory.move(pooled, "resetting");
  state.counters.resets++;
  state.effects.push({ kind: "clean", pooled, session });
}

function serveFromIdle(state: PoolState, now: number): void {
  const { inventory, queue } = state;
  while (inventory.idle > 0 && queue.size > queue.fresh) {
    const pooled = pick(state, now);
    if (pooled !== undefined) {
      const waiter = nextWaiter(state, false, now);
      if (waiter !== undefined) lendTo(state, waiter, pooled, now);
      continue;
    }
    const top = inventory.top();
    if (top === undefined) return;
    if (top.unclean) clean(state, top, true);
    // One check for each who waits; more would only keep connections busy.
    else if (inventory.validating >= queue.size - queue.fresh) return;
    else check(state, top);
  }
}

/** The idle connection used last among those that can be lent as they are; ends those that never can again. */
function pick(state: PoolState, now: number): PooledConnection | undefined {
  state.suspicion.observe(now);
  for (const pooled of state.inventory.idleFromTop()) {
    const reason = outlived(state, pooled, now);
    if (!pooled.connection.usable) destroyDead(state, pooled);
    else if (reason !== undefined) retire(state, pooled, reason);
    else if (!pooled.unclean && !needsCheck(state, pooled, now)) return pooled;
  }
  return undefined;
}

function lendTo(state: PoolState, waiter: Waiter, pooled: PooledConnection, now: number): void {
  const { holder, since, takenBy } = waiter.terms;
  state.counters.waited++;
  serveWaiter(state, waiter, lend(state, pooled, holder, now, now - since, takenBy));
}
