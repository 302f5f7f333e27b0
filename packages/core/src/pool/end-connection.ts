import { lostAtOnce } from "./connect-attempt.ts";
import type { PoolState } from "./pool-state.ts";
import type { DestroyReason, PooledConnection } from "./pooled-connection.ts";
import { turnAwayIfDown } from "./wait.ts";

/** Ends that say something about the server. */
const deaths: ReadonlySet<DestroyReason> = new Set(["died", "validation", "reset"]);

/** Says goodbye to the server, and cuts the connection when that takes too long. It counts as closing until then. */
export function retire(state: PoolState, pooled: PooledConnection, reason: DestroyReason): void {
  if (!pooled.connection.usable) {
    destroy(state, pooled, pooled.doomed ?? "died");
    return;
  }
  leave(state, pooled, "closing", reason);
  state.effects.push({ kind: "close", pooled, reason });
}

/** Closes a connection so that another pool of the budget may open one. */
export function yieldUp(state: PoolState, pooled: PooledConnection, kind: "idle" | "busy"): void {
  if (pooled.connection.usable) state.share?.yields(kind);
  retire(state, pooled, "yielded");
}

/** Stops what runs on it, then cuts it off. It counts as closing until then. */
export function stopAndDestroy(state: PoolState, pooled: PooledConnection, reason: DestroyReason): void {
  const { connection } = pooled;
  if (connection.cancel === undefined || !connection.usable) {
    destroy(state, pooled, reason);
    return;
  }
  leave(state, pooled, "closing", reason);
  state.effects.push({ kind: "stop", pooled, reason });
}

/** Cuts it off at once. */
export function destroy(state: PoolState, pooled: PooledConnection, reason: DestroyReason, error?: unknown): void {
  const { clock, effects, health, inventory } = state;
  leave(state, pooled, "gone", reason);
  effects.push({ kind: "destroy", pooled, reason, error });
  if (!pooled.confirmed && deaths.has(reason)) {
    const died = error ?? new Error("it died before it was of any use");
    health.diedYoung({ error: died, info: lostAtOnce }, pooled.openedAt, clock.now(), inventory.usable);
  }
  noticeLoss(state);
}

/** It died of itself: whatever killed it may have hit others. */
export function destroyDead(state: PoolState, pooled: PooledConnection, error?: unknown): void {
  suspectOthers(state);
  destroy(state, pooled, "died", error);
}

/** A connection died: every other one that is open now has to prove that it is alive, and new ones come one by one. */
export function suspectOthers(state: PoolState): void {
  state.suspicion.raise();
  state.connectWindow = 1;
}

/** There is a connection less. If nothing is left and nothing can be opened, nobody has to wait for it. */
export function noticeLoss(state: PoolState): void {
  state.health.reconsider(state.inventory.usable);
  turnAwayIfDown(state);
}

function leave(state: PoolState, pooled: PooledConnection, to: "closing" | "gone", reason: DestroyReason): void {
  state.inventory.move(pooled, to);
  pooled.connection.onFatal = null;
  state.counters.destroyed[reason]++;
}
