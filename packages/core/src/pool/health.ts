import type { ErrorInfo } from "../driver/index.ts";
import type { CheckedPoolOptions } from "./options.ts";

/**
 * What the pool thinks of its server. `"degraded"`: the last attempt to connect failed, one attempt at a time goes on; callers wait.
 * `"down"`: attempts keep failing and no connection is left; callers get the error at once. `"probing"`: down, and one attempt runs.
 */
export type PoolHealth = "ok" | "degraded" | "down" | "probing";

/** An attempt to connect that failed. */
export interface ConnectFailure {
  /** The driver's own error. */
  readonly error: unknown;
  readonly info: ErrorInfo;
}

/** How long a server that said "too many connections" is not asked for more than are open now. */
const softCapMs = 30_000;
/**
 * The share of a pause that chance does not touch. Without it the jitter could, rarely, bring the first eight pauses near zero; with
 * it there are never more than eight attempts in the first second.
 */
const leastJitter = 0.1;

/** A connection that dies within this long of its opening, without having been of use, was stillborn. */
const youngMs = 1_000;

/** When the pool may try to connect, and when it stops making callers wait for that. */
export class Health {
  readonly #options: CheckedPoolOptions;
  readonly #random: () => number;
  #last: ConnectFailure | undefined = undefined;
  /** Failures in a row, until a connection has done some work. */
  #failures = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  /** The last failure was a refused login; the pauses of those differ. */
  #refusedLogin = false;
  /** Failures in a row of the same kind. */
  #alike = 0;
  #down = false;
  #retryAt = Number.NEGATIVE_INFINITY;
  #cap = Number.POSITIVE_INFINITY;
  #cappedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: CheckedPoolOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** The last failure, until an attempt succeeds. */
  get last(): ConnectFailure | undefined {
    return this.#last;
  }

  get isDown(): boolean {
    return this.#down;
  }

  /** After a failure: the moment of the next attempt. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** The moment when the server may be asked for more connections again; in the past when nothing holds the pool back. */
  get cappedUntil(): number {
    return this.#cappedUntil;
  }

  state(connecting: number): PoolHealth {
    if (this.#down) return connecting > 0 ? "probing" : "down";
    return this.#last === undefined ? "ok" : "degraded";
  }

  /** Says whether another attempt may start now. */
  mayAttempt(now: number, connecting: number): boolean {
    return this.#failures === 0 || (connecting === 0 && now >= this.#retryAt);
  }

  /** `max`, or what the server has let the pool have. */
  limit(max: number, now: number): number {
    return now < this.#cappedUntil ? Math.min(max, this.#cap) : max;
  }

  /**
   * A connection was opened. The failures before are not forgotten until it has done some work: what answers may be a proxy whose
   * server is still away, so attempts keep their distance.
   */
  succeeded(now: number): void {
    this.#last = undefined;
    this.#down = false;
    if (this.#failures > 0) this.#retryAt = now + this.#pauseMs();
  }

  /** A connection has done some work. */
  confirmed(): void {
    if (this.#last === undefined) this.#failures = 0;
  }

  /** A connection died before it was of any use. That is no better than not to get it, so it counts as a failed attempt. */
  diedYoung(failure: ConnectFailure, openedAt: number, now: number, usable: number): void {
    // Those that were there when the last failure was seen died with it; an old one had its use, though nobody gave it back.
    if (openedAt >= this.#failedAt && now - openedAt < youngMs) this.failed(failure, now, usable);
  }

  /** @param usable - connections that are left */
  failed(failure: ConnectFailure, now: number, usable: number): void {
    const refusedLogin = failure.info.kind === "auth";
    this.#alike = this.#failures > 0 && refusedLogin === this.#refusedLogin ? this.#alike + 1 : 1;
    this.#refusedLogin = refusedLogin;
    this.#last = failure;
    this.#failures++;
    this.#failedAt = now;
    this.#retryAt = now + this.#pauseMs();
    if (failure.info.kind === "too-many-connections") {
      this.#cap = Math.max(1, usable);
      this.#cappedUntil = now + softCapMs;
    }
    this.reconsider(usable);
  }

  /** Looks again whether the pool is down, after a connection went. */
  reconsider(usable: number): void {
    if (this.#last === undefined || usable > 0) return;
    const { kind, retry } = this.#last.info;
    const threshold = kind === "auth" || retry === "never" ? 1 : this.#options.failFastAfter;
    if (this.#failures >= threshold) this.#down = true;
  }

  #pauseMs(): number {
    const { initialMs, maxMs, authenticationInitialMs, authenticationMaxMs } = this.#options.backoff;
    const doublings = 2 ** Math.min(this.#alike - 1, 30);
    if (!this.#refusedLogin) {
      return Math.min(maxMs, initialMs * doublings) * (leastJitter + (1 - leastJitter) * this.#random());
    }
    // Never below the first pause: servers lock accounts after a few wrong passwords.
    const longest = Math.min(authenticationMaxMs, authenticationInitialMs * doublings);
    return Math.max(authenticationInitialMs, longest * (0.5 + 0.5 * this.#random()));
  }
}
