import type { Holder, Pool } from "../../../src/pool/index.ts";
import type { FakeClock } from "../fake-clock.ts";
import type { FakeServer } from "../fake-server.ts";
import { expectThat } from "./chance.ts";
import type { Asked, Lent, Shadow } from "./shadow.ts";

/** How much later than its deadline a caller may still wait, in milliseconds: timers are coarse. */
const coarseMs = 250;

/** What is compared. */
export interface Checked {
  readonly pool: Pool;
  readonly server: FakeServer;
  readonly clock: FakeClock;
  readonly shadow: Shadow;
  readonly max: number;
  readonly maxQueue: number;
  readonly deadlockPatienceMs: number;
  /** Nobody else is on the clock, or wants its connections. */
  readonly isAlone: boolean;
}

/** Compares a pool with its shadow: every promise that can be seen from outside. @throws Error naming the broken one */
export function checkPromises(checked: Checked): void {
  const { shadow } = checked;
  if (shadow.broken !== undefined) throw shadow.broken;
  shadow.prune();
  checkCounts(checked);
  checkCounters(checked);
  checkFairness(checked);
}

/** Bounds, and one state for each connection. */
function checkCounts({ pool, server, shadow, max, maxQueue }: Checked): void {
  const stats = pool.stats();
  const { total, idle, busy, connecting, closing, validating, resetting, waiting } = stats;
  expectThat(total <= max, `total ${total} is over max ${max}`);
  expectThat(total === idle + busy + connecting + closing, "total does not add up");
  expectThat(
    busy === shadow.lent.size + validating + resetting,
    `busy ${busy} is not ${shadow.lent.size} lent + ${validating} checked + ${resetting} cleaned`,
  );
  if (server.honoursAbort) {
    const physical = server.open.length + server.pendingConnects;
    expectThat(physical <= max, `${physical} physical connections are over max ${max}`);
  }
  expectThat(waiting === shadow.pending.size, `${waiting} wait, but ${shadow.pending.size} calls are pending`);
  expectThat(waiting <= maxQueue, "the queue is longer than maxQueue");
  const gone = Object.values(stats.destroyed).reduce((sum, count) => sum + count, 0);
  expectThat(stats.created - gone === idle + busy, "created less destroyed is not what there is");
}

/** Each call was counted once, as what it got. */
function checkCounters({ pool, shadow }: Checked): void {
  const stats = pool.stats();
  const { acquired, timeouts, cancelled, ...rejected } = shadow.seen;
  expectThat(stats.acquired === acquired, `acquired ${stats.acquired}, seen ${acquired}`);
  expectThat(stats.timeouts === timeouts, `timeouts ${stats.timeouts}, seen ${timeouts}`);
  expectThat(stats.cancelled === cancelled, `cancelled ${stats.cancelled}, seen ${cancelled}`);
  for (const [what, count] of Object.entries(rejected)) {
    const counted = stats.rejected[what as keyof typeof rejected];
    expectThat(counted === count, `rejected.${what} is ${counted}, seen ${count}`);
  }
  const timed = stats.acquireTimes.reduce((sum, { count }) => sum + count, 0);
  expectThat(timed === acquired, "the histogram does not hold every acquire");
}

/** Who waits, waits for a reason, in order, and not too long. */
function checkFairness({ pool, clock, shadow, max, deadlockPatienceMs, isAlone }: Checked): void {
  const { idle, validating } = pool.stats();
  const pending = [...shadow.pending];
  const forUsed = pending.filter(({ fresh }) => !fresh).length;
  expectThat(idle === 0 || forUsed <= validating, `${idle} idle while ${forUsed} wait and ${validating} are checked`);
  for (const served of shadow.servedNow) {
    const passed = pending.some(({ order, fresh }) => fresh === served.fresh && order < served.order);
    expectThat(!passed, "somebody was served before one who had waited longer");
  }
  for (const { deadline } of pending) {
    expectThat(clock.now() <= deadline + coarseMs, "somebody waits beyond the deadline");
  }
  const stillMs = shadow.stoodStillFor(isDeadlocked(shadow.lent, pending, max), clock.now());
  // One timer ticks for all pools of a clock, so the moments of one may be met a little later beside others.
  const lateMs = isAlone ? coarseMs : 2 * coarseMs;
  expectThat(stillMs <= deadlockPatienceMs + lateMs, `everybody waits for each other for ${stillMs} ms`);
  if (pool.closed || !isAlone) return;
  const keptAlive = clock.keptAlive > 0;
  expectThat(keptAlive === pending.length > 0, `the process is ${keptAlive ? "" : "not "}kept alive`);
}

/** By definition: every connection is held by a scope that itself waits, or has a scope inside that waits. */
function isDeadlocked(lent: ReadonlySet<Lent>, pending: readonly Asked[], max: number): boolean {
  if (lent.size < max) return false;
  return [...lent].every(
    ({ holder }) => holder !== undefined && pending.some((asked) => isInside(asked.holder, holder)),
  );
}

function isInside(scope: Holder | undefined, outer: Holder): boolean {
  for (let at = scope; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}
