import type { PoolHealth } from "./health.ts";
import { type DestroyReason, destroyReasons } from "./pooled-connection.ts";

/** How many acquires, or leases, took up to `upToMs` milliseconds (and longer than the bucket before). */
export interface TimeBucket {
  /** The bound is not included; the last bucket's is `Infinity`. */
  readonly upToMs: number;
  readonly count: number;
}

/** Callers that got an error at once or while they waited, by what happened. */
export interface RejectedCounts {
  /** `PoolQueueFullError`. */
  readonly queueFull: number;
  /** `PoolDeadlockError`. */
  readonly deadlock: number;
  /** `PoolOverloadedError`. */
  readonly overloaded: number;
  /** `PoolClosedError`. */
  readonly closed: number;
  /** The error of the last attempt to connect. */
  readonly down: number;
}

/** A pool at one moment: gauges first, then counters since it was made. `total = idle + busy + connecting + closing`. */
export interface PoolStats {
  /**
   * The same by group, where the label stands for many databases that metrics tell apart (`metricTenant` of tenants): together they are the whole. Absent
   * everywhere else.
   */
  readonly groups?: Readonly<Record<string, PoolStats>>;
  /** `pool.max`, or less where the engine has room for less. */
  readonly max: number;
  /** `pool.min`, `max` at most. */
  readonly min: number;
  readonly total: number;
  readonly idle: number;
  /** Lent, or being checked or cleaned. */
  readonly busy: number;
  readonly connecting: number;
  readonly closing: number;
  /** Callers that wait. */
  readonly waiting: number;
  /** Of `busy`: being checked before use or kept alive. */
  readonly validating: number;
  /** Of `busy`: being cleaned after use. */
  readonly resetting: number;
  readonly health: PoolHealth;
  /** How long the oldest lease has lasted, in milliseconds; 0 when nothing is lent. */
  readonly oldestHoldMs: number;
  /** Leases given out. */
  readonly acquired: number;
  /** Of `acquired`: those that had to queue. */
  readonly waited: number;
  /** Callers that got `PoolTimeoutError`. */
  readonly timeouts: number;
  /** Callers whose signal aborted. */
  readonly cancelled: number;
  readonly rejected: RejectedCounts;
  /** Connections opened. */
  readonly created: number;
  /** Attempts to connect that failed. */
  readonly connectFailures: number;
  /** Connections that went, by reason. */
  readonly destroyed: Readonly<Record<DestroyReason, number>>;
  /** Checks made, keepalives among them. */
  readonly validations: number;
  /** Connections cleaned after use; a clean one needs none. */
  readonly resets: number;
  /** Leases reported as held too long or lost. */
  readonly leaks: number;
  /** How long callers waited for their leases. */
  readonly acquireTimes: readonly TimeBucket[];
  /** How long leases were held that are over. */
  readonly useTimes: readonly TimeBucket[];
  /** All of `acquireTimes` together, in milliseconds. */
  readonly acquireTimeMs: number;
  /** All of `useTimes` together, in milliseconds. */
  readonly useTimeMs: number;
}

const buckets = 17;
const unused: readonly TimeBucket[] = Object.freeze(
  Array.from({ length: buckets }, (_, index) => Object.freeze({ upToMs: upToMs(index), count: 0 })),
);

/** The bound of a bucket, which is not included. */
function upToMs(index: number): number {
  return index === buckets - 1 ? Number.POSITIVE_INFINITY : 2 ** index;
}

/** How often something took how long, in powers of two of a millisecond. */
export class TimeHistogram {
  /** Made with the first: a process may have thousands of pools that are hardly used. */
  #counts: number[] | undefined;

  /** All of them together, in milliseconds. */
  sumMs = 0;

  record(ms: number): void {
    this.#counts ??= Array.from({ length: buckets }, () => 0);
    this.sumMs += ms;
    const bucket = ms < 1 ? 0 : Math.min(16, 32 - Math.clz32(ms));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  snapshot(): readonly TimeBucket[] {
    return this.#counts?.map((count, index) => ({ upToMs: upToMs(index), count })) ?? unused;
  }
}

/** A pool's counters. Plain numbers, always on. */
export class Counters {
  acquired = 0;
  waited = 0;
  timeouts = 0;
  cancelled = 0;
  readonly rejected = { queueFull: 0, deadlock: 0, overloaded: 0, closed: 0, down: 0 };
  created = 0;
  connectFailures = 0;
  readonly destroyed = Object.fromEntries(destroyReasons.map((reason) => [reason, 0])) as Record<DestroyReason, number>;
  validations = 0;
  resets = 0;
  leaks = 0;
  readonly acquireTimes = new TimeHistogram();
  readonly useTimes = new TimeHistogram();

  snapshot(): Omit<PoolStats, keyof Gauges> {
    return {
      ...this,
      rejected: { ...this.rejected },
      destroyed: { ...this.destroyed },
      acquireTimes: this.acquireTimes.snapshot(),
      useTimes: this.useTimes.snapshot(),
      acquireTimeMs: this.acquireTimes.sumMs,
      useTimeMs: this.useTimes.sumMs,
    };
  }
}

/** The part of {@link PoolStats} that is not counted but looked at. */
export type Gauges = Pick<
  PoolStats,
  | "max"
  | "min"
  | "total"
  | "idle"
  | "busy"
  | "connecting"
  | "closing"
  | "waiting"
  | "validating"
  | "resetting"
  | "health"
  | "oldestHoldMs"
>;
