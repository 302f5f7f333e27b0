import { startWaiting, stopWaiting } from "./holder.ts";
import type { Lease } from "./lease.ts";
import type { PoolState } from "./pool-state.ts";
import { Waiter, type WaitTerms } from "./wait-queue.ts";

/** Why a caller should not begin to wait: it would be in vain. `undefined` when it may. Counts what it refuses. */
export function refusal(state: PoolState, terms: WaitTerms): Error | undefined {
  const { since: now, deadline, ownDeadline } = terms;
  const { counters, failures, health, inventory, options, queue, shedding } = state;
  // While the database is down one caller at a time, after each pause, stands in for all of them.
  if (health.isDown && health.last !== undefined && !health.mayAttempt(now, inventory.connecting)) {
    counters.rejected.down++;
    return failures.connect(health.last);
  }
  if (terms.ahead) return undefined;
  if (queue.size >= options.maxQueue) {
    counters.rejected.queueFull++;
    return failures.queueFull();
  }
  const full = inventory.leased > 0 && inventory.leased === state.limit(now);
  if (ownDeadline && full && shedding.refuses(deadline, now, queue.size, inventory.leased)) {
    counters.rejected.overloaded++;
    return failures.overloaded();
  }
  return undefined;
}

/** Queues a caller. It leaves exactly once: served, or turned away with an error; nothing of it stays behind. */
export function enterQueue(state: PoolState, terms: WaitTerms): Waiter {
  const { counters, failures, options, queue } = state;
  const { holder, signal, since } = terms;
  const waiter = new Waiter(terms);
  if (queue.size === 0) state.queueStarted(since);
  queue.push(waiter);
  if (holder !== undefined) startWaiting(holder, state);
  if (signal !== undefined) {
    waiter.onAbort = () => {
      counters.cancelled++;
      turnAway(state, waiter, failures.cancelled(signal));
    };
    signal.addEventListener("abort", waiter.onAbort, { once: true });
  }
  state.wake(Math.min(terms.deadline, since + options.deadlockPatienceMs));
  return waiter;
}

/** It is this waiter's turn. */
export function serveWaiter(state: PoolState, waiter: Waiter, lease: Lease): void {
  leaveQueue(state, waiter);
  waiter.resolve(lease);
}

export function turnAway(state: PoolState, waiter: Waiter, error: unknown): void {
  if (!waiter.queued) return;
  leaveQueue(state, waiter);
  waiter.reject(error);
}

/** Turns away those for whom `error` gives one, oldest first. */
export function turnAwayWhere(state: PoolState, error: (waiter: Waiter) => unknown): void {
  for (const waiter of state.queue) {
    const reason = error(waiter);
    if (reason !== undefined) turnAway(state, waiter, reason);
  }
}

/** While nothing can be opened and nothing is left, everybody gets the cause. */
export function turnAwayIfDown(state: PoolState): void {
  const { counters, failures, health } = state;
  const { last } = health;
  if (!health.isDown || last === undefined) return;
  turnAwayWhere(state, () => {
    counters.rejected.down++;
    return failures.connect(last);
  });
}

/** Turns away everybody whose time is over; gives the next deadline, `Infinity` when nobody waits. */
export function expireWaits(state: PoolState, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const waiter of state.queue) {
    const { deadline } = waiter.terms;
    if (deadline <= now) timeOut(state, waiter, now);
    else next = Math.min(next, deadline);
  }
  return next;
}

/** Whose turn it is. Those who are too late, or have waited too long for it to help them, are turned away. */
export function nextWaiter(state: PoolState, opened: boolean, now: number): Waiter | undefined {
  const { counters, failures, queue, shedding } = state;
  for (;;) {
    const waiter = opened ? (queue.oldestForFresh ?? queue.oldest) : queue.oldestForUsed;
    if (waiter === undefined) return undefined;
    if (waiter.terms.deadline <= now) timeOut(state, waiter, now);
    else if (!waiter.terms.ahead && shedding.drops(waiter.terms.since, now)) {
      counters.rejected.overloaded++;
      turnAway(state, waiter, failures.overloaded());
    } else return waiter;
  }
}

function timeOut(state: PoolState, waiter: Waiter, now: number): void {
  state.counters.timeouts++;
  const { since, ownDeadline } = waiter.terms;
  turnAway(state, waiter, state.failures.timeout(now - since, ownDeadline));
}

function leaveQueue(state: PoolState, waiter: Waiter): void {
  const { holder, signal } = waiter.terms;
  state.queue.remove(waiter);
  if (holder !== undefined) stopWaiting(holder, state);
  if (waiter.onAbort !== undefined) signal?.removeEventListener("abort", waiter.onAbort);
  if (state.queue.size === 0) state.queueEmptied();
}
