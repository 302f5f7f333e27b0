import type { PoolStats } from "@nsj/mdb-core";

/** The figures of no pool at all. */
export const noFigures = Object.freeze({
  max: 0,
  total: 0,
  idle: 0,
  busy: 0,
  connecting: 0,
  waiting: 0,
  oldestLeaseMs: undefined,
});

/** The sums of no pools. */
export const noStats: PoolStats = Object.freeze({
  max: 0,
  min: 0,
  total: 0,
  idle: 0,
  busy: 0,
  connecting: 0,
  closing: 0,
  waiting: 0,
  validating: 0,
  resetting: 0,
  health: "ok",
  oldestHoldMs: 0,
  acquired: 0,
  waited: 0,
  timeouts: 0,
  cancelled: 0,
  rejected: Object.freeze({ queueFull: 0, deadlock: 0, overloaded: 0, closed: 0, down: 0 }),
  created: 0,
  connectFailures: 0,
  destroyed: Object.freeze({}) as PoolStats["destroyed"],
  validations: 0,
  resets: 0,
  leaks: 0,
  acquireTimes: Object.freeze([]),
  useTimes: Object.freeze([]),
  acquireTimeMs: 0,
  useTimeMs: 0,
});

const worse = ["ok", "degraded", "probing", "down"] as const;

/** The figures of several pools as those of one: sums, the oldest hold, and the best health that any has. */
export function sumStats(all: readonly PoolStats[]): PoolStats {
  let sum = noStats;
  for (const stats of all) sum = add(sum, stats);
  const best = all.reduce((least, { health }) => Math.min(least, worse.indexOf(health)), worse.length - 1);
  return all.length === 0 ? noStats : { ...sum, health: worse[best] ?? "ok" };
}

function add(a: PoolStats, b: PoolStats): PoolStats {
  const numbers = Object.fromEntries(
    Object.entries(a).map(([key, value]) => {
      const other = b[key as keyof PoolStats];
      return [key, typeof value === "number" && typeof other === "number" ? value + other : value];
    }),
  ) as unknown as PoolStats;
  return {
    ...numbers,
    oldestHoldMs: Math.max(a.oldestHoldMs, b.oldestHoldMs),
    rejected: addEach(a.rejected, b.rejected),
    destroyed: addEach(a.destroyed, b.destroyed),
    acquireTimes: addBuckets(a.acquireTimes, b.acquireTimes),
    useTimes: addBuckets(a.useTimes, b.useTimes),
    acquireTimeMs: a.acquireTimeMs + b.acquireTimeMs,
    useTimeMs: a.useTimeMs + b.useTimeMs,
  };
}

function addEach<T extends object>(a: T, b: T): T {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof T>;
  return Object.fromEntries([...keys].map((key) => [key, Number(a[key] ?? 0) + Number(b[key] ?? 0)])) as T;
}

function addBuckets(a: PoolStats["useTimes"], b: PoolStats["useTimes"]): PoolStats["useTimes"] {
  if (a.length === 0) return b;
  return a.map(({ upToMs, count }, index) => ({ upToMs, count: count + (b[index]?.count ?? 0) }));
}
