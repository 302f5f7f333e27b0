import { ConfigurationError } from "../errors/index.ts";
import { checkPoolOptionRules } from "./option-rules.ts";

/** How long the pool waits between attempts to connect after a failure: doubling, with full jitter. Milliseconds. */
export interface BackoffOptions {
  /** The longest first pause. Default 50. */
  readonly initialMs?: number;
  /** The longest pause. Default 5 000. */
  readonly maxMs?: number;
  /** The longest first pause after the server refused the login. Default 5 000: wrong passwords lock accounts. */
  readonly authenticationInitialMs?: number;
  /** The longest pause while the server refuses the login. Default 60 000. */
  readonly authenticationMaxMs?: number;
}

/** Controlled delay (CoDel): once the queue has not been empty for `intervalMs`, whoever has waited over `targetMs` is refused. */
export interface ControlledDelay {
  /** Milliseconds; 100 is a good start. */
  readonly targetMs: number;
  /** Milliseconds; 1 000 is a good start. */
  readonly intervalMs: number;
}

/**
 * How a pool behaves; the same keys on every engine. Times are in milliseconds. `Infinity` switches off `idleTimeoutMs`,
 * `maxLifetimeMs`, `maxUses`, `validateAfterIdleMs`, `keepaliveMs` and `deadlockPatienceMs`.
 *
 * Not adjustable: the idle connection used last is lent first, so the others can go when they are not needed; those who wait are served
 * in the order they came (who asks what became of a lost COMMIT goes ahead); and a connection that is given back goes straight to the one who has waited longest.
 */
export interface PoolOptions {
  /** At most this many physical connections, in whatever state. Default 10; an in-memory database always has 1. */
  readonly max?: number;
  /** Keeps at least this many once the pool has been used. Default 0; `min: max` suits services with a steady load. */
  readonly min?: number;
  /** How long a caller waits for a connection, queueing and checking included, before `PoolTimeoutError`. Default 10 000. */
  readonly acquireTimeoutMs?: number;
  /** How long one attempt to connect may take, login included. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** An idle connection that nobody used for this long is closed, down to `min`. Default 600 000. */
  readonly idleTimeoutMs?: number;
  /** A connection older than this is replaced, never while in use. Default 1 800 000. */
  readonly maxLifetimeMs?: number;
  /** Shortens each lifetime at random by up to this share, so that connections do not all expire at once. 0 to 1, default 0.25. */
  readonly lifetimeJitter?: number;
  /** A connection lent this often is replaced. Default `Infinity`. */
  readonly maxUses?: number;
  /** A connection idle for longer is checked with a ping before it is lent. Default 1 000; 0 checks always. */
  readonly validateAfterIdleMs?: number;
  /** How long such a check, or cleaning a connection that came back in use, may take before it is given up. Default 2 000. */
  readonly validateTimeoutMs?: number;
  /** An idle connection is pinged after about this long (+-20 %), before a load balancer cuts it. Default 120 000. */
  readonly keepaliveMs?: number;
  /**
   * What happens to a connection that comes back. `"auto"` (default): nothing when it is clean, a rollback when a transaction is open,
   * a session reset when settings were touched. `"always"`: a session reset each time, a round trip on most engines.
   */
  readonly reset?: "auto" | "always";
  /**
   * While every connection is held and no holder has made a call for this long, callers that wait for them get `PoolDeadlockError`, the newest
   * first: everybody seems to wait for each other. Default 1 000; `Infinity`: never.
   */
  readonly deadlockPatienceMs?: number;
  /** At most this many callers wait; the next one gets `PoolQueueFullError`. Default 10 000. */
  readonly maxQueue?: number;
  /** Pauses between attempts to connect after a failure. */
  readonly backoff?: BackoffOptions;
  /**
   * After this many failed attempts in a row, with no connection left, callers get the last error at once and one probe at a time
   * goes on. Default 3; always 1 after an error that another attempt cannot help (login refused, no such database).
   */
  readonly failFastAfter?: number;
  /**
   * What happens under overload. `"deadline"` (default): a caller with a deadline of its own that will pass before its turn gets
   * `PoolOverloadedError` at once. {@link ControlledDelay}: those who have waited too long are refused, so that the others are served
   * in time. `"off"`: everybody waits for `acquireTimeoutMs`.
   */
  readonly shedding?: "deadline" | "off" | ControlledDelay;
  /**
   * Reports a connection held for longer, or lost by its holder, with the stack of the code that took it. Default 0: off, since a
   * stack costs microseconds each time. A hold of over 60 000 is reported, without a stack, in any case.
   */
  readonly leakDetectionMs?: number;
  /**
   * A connection held for longer is taken from its holder: what it runs is stopped on the server, then it is destroyed. Default 0: off. Not
   * for a database in memory, which would be lost.
   */
  readonly holdLimitMs?: number;
  /** How long closing one connection may take before it is cut off. Default 5 000. */
  readonly closeTimeoutMs?: number;
  /** How long `close()` waits for work in progress. Default 10 000. */
  readonly drainTimeoutMs?: number;
  /** Idle connections keep the process alive. Default `false`. */
  readonly keepProcessAlive?: boolean;
}

/** Options with every default filled in; frozen. */
export type CheckedPoolOptions = Required<Omit<PoolOptions, "backoff">> & {
  readonly backoff: Required<BackoffOptions>;
};

/** What holds where {@link PoolOptions} say nothing. */
export const poolDefaults: CheckedPoolOptions = Object.freeze({
  max: 10,
  min: 0,
  acquireTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 600_000,
  maxLifetimeMs: 1_800_000,
  lifetimeJitter: 0.25,
  maxUses: Number.POSITIVE_INFINITY,
  validateAfterIdleMs: 1_000,
  validateTimeoutMs: 2_000,
  keepaliveMs: 120_000,
  reset: "auto",
  deadlockPatienceMs: 1_000,
  maxQueue: 10_000,
  backoff: Object.freeze({
    initialMs: 50,
    maxMs: 5_000,
    authenticationInitialMs: 5_000,
    authenticationMaxMs: 60_000,
  }),
  failFastAfter: 3,
  shedding: "deadline",
  leakDetectionMs: 0,
  holdLimitMs: 0,
  closeTimeoutMs: 5_000,
  drainTimeoutMs: 10_000,
  keepProcessAlive: false,
});

/**
 * Checks pool options and fills in the defaults.
 *
 * @param label - the database's label, for messages
 * @throws ConfigurationError that names the key (`pool.max`), what was found and what would be right
 */
export function checkPoolOptions(options: PoolOptions | undefined, label: string): CheckedPoolOptions {
  const given = checkPoolOptionRules(options ?? {}, label);
  const checked: CheckedPoolOptions = {
    ...poolDefaults,
    ...given,
    backoff: Object.freeze({ ...poolDefaults.backoff, ...given.backoff }),
  };
  if (checked.min > checked.max) {
    throw new ConfigurationError(
      `${label}: option "pool.min" must be at most pool.max (${checked.max}), not ${checked.min}`,
      { key: "pool.min", database: label },
    );
  }
  return Object.freeze(checked);
}
