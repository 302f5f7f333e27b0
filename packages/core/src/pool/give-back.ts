import { poolEventChannel } from "./diagnostics.ts";
import { destroy, destroyDead, retire, stopAndDestroy, suspectOthers } from "./end-connection.ts";
import type { RevokeReason } from "./holder.ts";
import type { ReleaseOutcome } from "./lease.ts";
import { outlived } from "./lend.ts";
import type { PoolState } from "./pool-state.ts";
import type { DestroyReason, PooledConnection } from "./pooled-connection.ts";
import { clean, offer, serve } from "./serve.ts";

/** A holder gives its connection back. */
export function giveBack(state: PoolState, pooled: PooledConnection, outcome: ReleaseOutcome): void {
  // Its holder was too late: the connection has been taken from it.
  if (pooled.state !== "leased") return;
  const { connection } = pooled;
  const { error } = outcome;
  const now = state.clock.now();
  // For the same reason as on the way out: not for the shortest of leases.
  if (now - pooled.leasedAt >= 1) state.suspicion.observe(now);
  endLease(state, pooled, now);
  if (!pooled.confirmed && (outcome.answered === true || error === undefined || error === "ok")) {
    // It works: the failures before it are over, and what ends it later says nothing about opening others.
    pooled.confirmed = true;
    state.health.confirmed();
  }
  if (state.permanent && connection.usable) pooled.doomed = undefined;
  else if (outcome.cut === true) {
    destroy(state, pooled, "released");
    serve(state, now);
    return;
  } else if (error === "dead" || !connection.usable || pooled.doomed === "died") {
    if (pooled.doomed !== "died") suspectOthers(state);
    destroy(state, pooled, "died");
    serve(state, now);
    return;
  }
  if (error === "suspect") pooled.suspicionSeen = -1;
  else if (error !== "dead") pooled.provenAt = now;
  const reason = state.closed ? "closed" : (pooled.doomed ?? outlived(state, pooled, now));
  if (reason !== undefined && !isKept(state, reason)) {
    retire(state, pooled, reason);
    return;
  }
  if (error === "dead") state.effects.push({ kind: "tell-kept", reason: "died", error: undefined });
  const touched = outcome.dirty === true || connection.dirty === true || error === "dead" || pooled.unclean;
  if (touched || state.options.reset === "always") clean(state, pooled, true);
  else if (connection.txStatus !== "idle") clean(state, pooled, false);
  else offer(state, pooled, now);
}

/** A holder gives its connection back to be destroyed. @returns `false` when it has to be kept */
export function destroyLeased(state: PoolState, pooled: PooledConnection, cause: unknown): boolean {
  if (pooled.state !== "leased") return true;
  if (isKept(state, "released") && pooled.connection.usable) {
    keepAndClean(state, pooled, "released", cause);
    return false;
  }
  const now = state.clock.now();
  endLease(state, pooled, now);
  destroy(state, pooled, "released", cause);
  serve(state, now);
  return true;
}

/**
 * Takes a connection from its holder, which is told first. What it runs is stopped on the server, so nothing happens behind the holder's
 * back.
 */
export function takeAway(state: PoolState, pooled: PooledConnection, reason: RevokeReason): void {
  if (pooled.state !== "leased") return;
  const { holder } = pooled;
  if (holder?.onRevoked !== undefined) state.effects.push({ kind: "revoke", holder, reason });
  if (isKept(state, reason) && pooled.connection.usable) {
    keepAndClean(state, pooled, reason, undefined);
    return;
  }
  const now = state.clock.now();
  endLease(state, pooled, now);
  stopAndDestroy(state, pooled, reason);
  serve(state, now);
}

/** A connection died while nobody called it. */
export function noticeDeath(state: PoolState, pooled: PooledConnection, error: unknown): void {
  if (pooled.state === "closing" || pooled.state === "gone") return;
  if (isKept(state, "died") && pooled.connection.usable) return;
  if (pooled.state === "idle") {
    destroyDead(state, pooled, error);
    serve(state, state.clock.now());
    return;
  }
  suspectOthers(state);
  pooled.doomed = "died";
}

/** The lease on a connection is over, whoever ended it. */
function endLease(state: PoolState, pooled: PooledConnection, now: number): void {
  const heldMs = now - pooled.leasedAt;
  state.shedding.held(heldMs);
  state.counters.useTimes.record(heldMs);
  pooled.usedAt = now;
  if (poolEventChannel.hasSubscribers) {
    const { holder, waitedMs } = pooled;
    state.effects.push({ kind: "tell-released", heldMs, waitedMs, holder: holder?.describe });
  }
  if (pooled.holder !== undefined) {
    pooled.holder.leases--;
    pooled.holder = undefined;
  }
  // Whoever ended the lease: what its holder worked for ends with it.
  pooled.connection.setContext?.(undefined);
  pooled.holdReported = false;
  if (pooled.takenBy === undefined) return;
  pooled.takenBy = undefined;
  state.lostLeases?.unregister(pooled);
}

/** The database lives in its one connection, which nothing but closing the pool may end. */
function isKept(state: PoolState, reason: DestroyReason): boolean {
  return state.permanent && reason !== "closed";
}

function keepAndClean(state: PoolState, pooled: PooledConnection, reason: DestroyReason, error: unknown): void {
  endLease(state, pooled, state.clock.now());
  state.effects.push({ kind: "tell-kept", reason, error });
  clean(state, pooled, true);
}
