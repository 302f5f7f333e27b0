import type { PoolParts } from "./pool-parts.ts";

/** What the decision rests on. */
export interface Admission {
  readonly now: number;
  /** The moment the caller would give up. */
  readonly deadline: number;
  /** That moment is the caller's own, and not acquireTimeoutMs. */
  readonly ownDeadline: boolean;
  /** Callers that wait already. */
  readonly waiting: number;
}

/** Why a caller should not begin to wait: it would be in vain. `undefined` when it may. Counts what it refuses. */
export function refusal(parts: PoolParts, { now, deadline, ownDeadline, waiting }: Admission): Error | undefined {
  const { counters, failures, health, inventory, max, options, shedding } = parts;
  // While the database is down one caller at a time, after each pause, stands in for all of them.
  if (health.isDown && health.last !== undefined && !health.mayAttempt(now, inventory.connecting)) {
    counters.rejected.down++;
    return failures.connect(health.last);
  }
  if (waiting >= options.maxQueue) {
    counters.rejected.queueFull++;
    return failures.queueFull();
  }
  const full = inventory.leased > 0 && inventory.leased === health.limit(max, now);
  if (ownDeadline && full && shedding.refuses(deadline, now, waiting, inventory.leased)) {
    counters.rejected.overloaded++;
    return failures.overloaded();
  }
  return undefined;
}
