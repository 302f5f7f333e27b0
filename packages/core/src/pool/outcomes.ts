import type { DriverConnection } from "../driver/index.ts";
import { classifySafely } from "./classify-safely.ts";
import { type ConnectAttempt, lostAtOnce, timedOut } from "./connect-attempt.ts";
import { giveNumber } from "./connection-number.ts";
import { destroy, noticeLoss, retire, suspectOthers } from "./end-connection.ts";
import { abandon, growFaster } from "./growth.ts";
import type { ConnectFailure } from "./health.ts";
import { inDoubt } from "./lend.ts";
import type { PoolState } from "./pool-state.ts";
import { PooledConnection } from "./pooled-connection.ts";
import type { PutBack } from "./put-back.ts";
import { check, offer, serve } from "./serve.ts";
import { turnAway, turnAwayIfDown, turnAwayWhere } from "./wait.ts";

/** An attempt to connect has brought a connection. */
export function connected(state: PoolState, attempt: ConnectAttempt, connection: DriverConnection, now: number): void {
  const { effects, health } = state;
  if (attempt.state !== "running") {
    effects.push({ kind: "discard", connection });
    letGo(state, attempt, now);
    return;
  }
  endAttempt(state, attempt);
  if (!connection.usable) {
    effects.push({ kind: "discard", connection });
    const error = new Error("the connection was lost while it was opened");
    connectFailed(state, { error, info: lostAtOnce }, now);
    return;
  }
  const pooled = enter(state, connection, now);
  health.succeeded(now);
  offer(state, pooled, now, true);
  growFaster(state);
  serve(state, now);
  state.connectEnded(undefined);
}

/** An attempt to connect has failed. */
export function attemptFailed(state: PoolState, attempt: ConnectAttempt, error: unknown, now: number): void {
  if (attempt.state !== "running") {
    letGo(state, attempt, now);
    return;
  }
  endAttempt(state, attempt);
  connectFailed(state, { error, info: classifySafely(state.source, error) }, now);
}

/** An attempt to connect has taken too long. */
export function attemptTimedOut(state: PoolState, attempt: ConnectAttempt, now: number): void {
  if (attempt.state !== "running") return;
  abandon(state, attempt, undefined);
  connectFailed(state, { error: undefined, info: timedOut }, now);
}

/** The driver has let go of an attempt that was abandoned, or is not waited for any longer: there is room again. */
export function letGo(state: PoolState, attempt: ConnectAttempt, now: number): void {
  if (attempt.state !== "abandoned") return;
  attempt.state = "ended";
  attempt.timer?.cancel();
  state.inventory.abandoned--;
  noticeLoss(state);
  serve(state, now);
}

/** A check has ended; without an error when the connection has answered. */
export function checked(state: PoolState, pooled: PooledConnection, unlikely: boolean, error: unknown): void {
  if (unlikely) state.unlikelyChecks--;
  if (pooled.state !== "validating") return;
  if (error === undefined && pooled.connection.usable && pooled.doomed !== "died") proven(state, pooled);
  else failed(state, pooled, "validation", error);
}

/** A connection that came back in use has been cleaned. */
export function cleaned(state: PoolState, pooled: PooledConnection, how: PutBack): void {
  const { connection } = pooled;
  if (pooled.state !== "resetting") return;
  if (how !== "impossible" && connection.dirty === true) connection.dirty = false;
  if (how === "impossible") {
    // A database that lives in this one connection would be lost with it; keeping its settings is the smaller evil.
    if (state.permanent) offer(state, pooled, state.clock.now());
    else retire(state, pooled, "reset");
  } else if (!connection.usable || pooled.doomed === "died" || (how === "done" && connection.txStatus !== "idle")) {
    cleaningFailed(state, pooled, new Error(`the connection is ${connection.txStatus} after its reset`));
  } else {
    pooled.unclean = false;
    if (how === "deferred") offer(state, pooled, state.clock.now());
    else proven(state, pooled);
  }
}

/** A connection that came back in use could not be cleaned. */
export function cleaningFailed(state: PoolState, pooled: PooledConnection, error: unknown): void {
  if (pooled.state !== "resetting") return;
  if (state.permanent && !state.closed && pooled.connection.usable) keepUnclean(state, pooled, error);
  else failed(state, pooled, "reset", error);
}

/** A connection that was closing is gone: there is room again. */
export function closed(state: PoolState, pooled: PooledConnection, now: number): void {
  state.inventory.move(pooled, "gone");
  noticeLoss(state);
  serve(state, now);
}

function endAttempt(state: PoolState, attempt: ConnectAttempt): void {
  attempt.state = "ended";
  attempt.timer?.cancel();
  state.attempts.delete(attempt);
  state.inventory.connecting--;
}

function enter(state: PoolState, connection: DriverConnection, now: number): PooledConnection {
  const { counters, effects, inventory, options, permanent, random, suspicion } = state;
  const lifetimeMs = options.maxLifetimeMs * (1 - options.lifetimeJitter * random());
  const pooled = new PooledConnection(connection, now, {
    expiresAt: permanent ? Number.POSITIVE_INFINITY : now + lifetimeMs,
    keepaliveAfterMs: options.keepaliveMs * (0.8 + 0.4 * random()),
    suspicionSeen: suspicion.current,
  });
  inventory.add(pooled);
  counters.created++;
  giveNumber(connection, counters.created);
  effects.push({ kind: "adopt", pooled });
  return pooled;
}

function connectFailed(state: PoolState, failure: ConnectFailure, now: number): void {
  const { counters, failures, health, inventory } = state;
  if (state.closed) return;
  counters.connectFailures++;
  state.connectWindow = 1;
  health.failed(failure, now, inventory.usable);
  turnAwayWhere(state, ({ terms }) => (terms.failsWithConnect ? failures.connect(failure) : undefined));
  turnAwayIfDown(state);
  serve(state, now);
  state.connectEnded(failure);
}

function proven(state: PoolState, pooled: PooledConnection): void {
  const now = state.clock.now();
  pooled.provenAt = now;
  pooled.suspicionSeen = state.suspicion.current;
  pooled.confirmed = true;
  state.health.confirmed();
  offer(state, pooled, now);
}

function failed(state: PoolState, pooled: PooledConnection, reason: "validation" | "reset", error: unknown): void {
  if (!state.suspicion.doubts(pooled)) {
    suspectOthers(state);
    // The others are probably dead as well: asking them all at once costs the next callers one wait instead of one for each.
    for (const other of state.inventory.idleFromTop()) {
      if (inDoubt(state, other)) check(state, other, true);
    }
  }
  destroy(state, pooled, reason, error);
  serve(state, state.clock.now());
}

/** The database lives in it, so it stays; but nobody gets it before it is clean. Whoever waits for it hears why. */
function keepUnclean(state: PoolState, pooled: PooledConnection, error: unknown): void {
  const { effects, failures, inventory, queue, source } = state;
  pooled.unclean = true;
  inventory.move(pooled, "idle");
  effects.push({ kind: "tell-kept", reason: "reset", error });
  const waiter = queue.oldest;
  if (waiter !== undefined) {
    turnAway(state, waiter, failures.connect({ error, info: classifySafely(source, error) }));
  }
  serve(state, state.clock.now());
}
