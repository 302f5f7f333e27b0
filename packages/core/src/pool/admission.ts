import type { PoolParts } from "./pool-parts.ts";
import type { WaitTerms } from "./wait-queue.ts";

/**
 * Why a caller should not begin to wait: it would be in vain. `undefined` when it may. Counts what it refuses.
 *
 * @param waiting - callers that wait already
 */
export function refusal(parts: PoolParts, terms: WaitTerms, waiting: number): Error | undefined {
  const { since: now, deadline, ownDeadline } = terms;
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
