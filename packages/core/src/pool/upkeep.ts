import { isStalled, stillSince } from "./deadlock.ts";
import { destroyDead, retire } from "./end-connection.ts";
import { takeAway } from "./give-back.ts";
import { openSpare } from "./growth.ts";
import { type Holder, holdsLease } from "./holder.ts";
import { canCheck } from "./lend.ts";
import type { PoolState } from "./pool-state.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import { check, serve } from "./serve.ts";
import { expireWaits, turnAway } from "./wait.ts";
import type { Waiter } from "./wait-queue.ts";

/** The longest time between two looks at a pool that has connections. */
const longestPeriodMs = 30_000;
const shortestPeriodMs = 50;
/** Without leak detection, a hold this long is reported all the same. */
const longHoldMs = 60_000;
/** After one waiter was failed for a deadlock, the others get this long to move. */
const deadlockPauseMs = 100;

/** How long a hold lasts until it is reported, in milliseconds. */
export function reportedAfterMs({ leakDetectionMs }: { readonly leakDetectionMs: number }): number {
  return leakDetectionMs > 0 ? leakDetectionMs : longHoldMs;
}

/** What a pool has to do in the course of time: end waits, age connections, keep them alive, watch over holds. */
export class Upkeep {
  readonly #state: PoolState;
  readonly #periodMs: number;
  readonly #reportAfterMs: number;
  readonly #limitMs: number;
  /** Everybody stood still when the pool last looked. */
  #stalled = false;

  constructor(state: PoolState) {
    const { holdLimitMs, idleTimeoutMs, keepaliveMs, maxLifetimeMs } = state.options;
    this.#state = state;
    this.#reportAfterMs = reportedAfterMs(state.options);
    this.#limitMs = holdLimitMs > 0 && !state.permanent ? holdLimitMs : Number.POSITIVE_INFINITY;
    const shortest = Math.min(idleTimeoutMs, keepaliveMs, maxLifetimeMs, this.#reportAfterMs, this.#limitMs);
    // A quarter: nothing happens later than a quarter of its own time after its moment.
    this.#periodMs = Math.min(longestPeriodMs, Math.max(shortestPeriodMs, shortest / 4));
  }

  /** Sees to it that {@link tick} comes while there are connections. */
  start(): void {
    const { closed, inventory, clock } = this.#state;
    if (!closed && inventory.connections.size > 0) this.#state.wake(clock.now() + this.#periodMs);
  }

  tick(now: number): void {
    const state = this.#state;
    state.suspicion.observe(now);
    const nextDeadline = expireWaits(state, now);
    this.#checkHolds(now);
    for (const pooled of state.inventory.idleFromBottom()) {
      if (pooled.state === "idle") this.#age(pooled, now);
    }
    serve(state, now);
    state.wake(Math.min(nextDeadline, this.#checkDeadlock(now)));
    this.start();
  }

  /** Its lease was garbage before it was given back. */
  loseLease(pooled: PooledConnection, now: number): void {
    const state = this.#state;
    if (pooled.state !== "leased") return;
    state.counters.leaks++;
    this.#tellHold("leak", pooled, now);
    takeAway(state, pooled, "leaked");
  }

  /** Reports leases that last too long, and ends those over the limit. */
  #checkHolds(now: number): void {
    const { counters, inventory } = this.#state;
    if (inventory.leased === 0) return;
    for (const pooled of [...inventory.connections]) {
      if (pooled.state !== "leased") continue;
      const heldMs = now - pooled.leasedAt;
      if (heldMs >= this.#reportAfterMs && !pooled.holdReported) {
        pooled.holdReported = true;
        counters.leaks++;
        this.#tellHold("long-hold", pooled, now);
      }
      if (heldMs >= this.#limitMs) {
        this.#tellHold("hold-limit", pooled, now);
        takeAway(this.#state, pooled, "hold-limit");
      }
    }
  }

  #tellHold(type: "long-hold" | "leak" | "hold-limit", { holder, leasedAt, takenBy }: PooledConnection, now: number) {
    const report = { type, heldMs: now - leasedAt, holder: holder?.describe, takenBy };
    this.#state.effects.push({ kind: "tell-hold", report });
  }

  #age(pooled: PooledConnection, now: number): void {
    const state = this.#state;
    const { inventory, max, options, permanent } = state;
    const spare = inventory.usable > Math.min(options.min, max);
    if (!pooled.connection.usable) destroyDead(state, pooled);
    else if (now >= pooled.expiresAt) {
      // Where `min` asks for it, the replacement comes first.
      if (spare || inventory.total >= state.limit(now)) retire(state, pooled, "lifetime");
      else openSpare(state, now);
    } else if (spare && !permanent && now - pooled.usedAt >= options.idleTimeoutMs) retire(state, pooled, "idle");
    else if (canCheck(state, pooled) && now - pooled.provenAt >= pooled.keepaliveAfterMs) check(state, pooled);
  }

  /** Fails the newest of those who wait in vain, if everybody stands still. Gives the moment to look again. */
  #checkDeadlock(now: number): number {
    const state = this.#state;
    const { counters, deadlockPatienceMs, failures, queue } = state;
    const since = queue.size === 0 ? undefined : stillSince(state);
    if (since === undefined || now - since < deadlockPatienceMs) this.#stalled = false;
    if (queue.size === 0) return Number.POSITIVE_INFINITY;
    if (since === undefined) return now + deadlockPatienceMs;
    if (now - since < deadlockPatienceMs) return since + deadlockPatienceMs;
    if (!this.#stalled) {
      // After code that blocked the loop, timers fire before the sockets are read: an answer may have arrived that moves somebody.
      this.#stalled = true;
      return now + 1;
    }
    for (const waiter of queue.newestFirst()) {
      if (!mayFail(waiter) || !isStalled(state, waiter.terms.holder, now)) continue;
      counters.rejected.deadlock++;
      const pauseMs = Math.min(deadlockPatienceMs, deadlockPauseMs);
      letMove(waiter.terms.holder, now - deadlockPatienceMs + pauseMs);
      turnAway(state, waiter, failures.deadlock(now - since));
      return now + pauseMs;
    }
    return now + deadlockPatienceMs;
  }
}

/** Whoever is failed does something next: before that, no other pool of a ring fails somebody for the same standstill. */
function letMove(holder: Holder | undefined, activeAt: number): void {
  for (let at = holder; at !== undefined; at = at.parent) at.activeAt = Math.max(at.activeAt, activeAt);
}

/** One who keeps others waiting by its own leases; or who holds nothing, and has set its wait no end itself. */
function mayFail({ terms: { bounded, holder } }: Waiter): boolean {
  return !bounded || (holder !== undefined && holdsLease(holder));
}
