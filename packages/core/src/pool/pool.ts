import { type Clock, systemClock } from "../driver/index.ts";
import { traced } from "../internal/traced.ts";
import type { AcquireRequest } from "./acquire-request.ts";
import type { ConnectionBudget } from "./budget.ts";
import { checkPoolOptions } from "./check-pool-options.ts";
import type { ConnectionSource } from "./connection-source.ts";
import { acquireChannel, poolPlace } from "./diagnostics.ts";
import { type CloseOptions, type CloseResult, Drain } from "./drain.ts";
import { retire } from "./end-connection.ts";
import { abandon } from "./growth.ts";
import type { Holder } from "./holder.ts";
import type { Lease } from "./lease.ts";
import { tryLend } from "./lend.ts";
import type { PoolOptions } from "./options.ts";
import { PoolEngine } from "./pool-engine.ts";
import type { PoolState } from "./pool-state.ts";
import { serve } from "./serve.ts";
import type { PoolStats } from "./stats.ts";
import { enterQueue, refusal } from "./wait.ts";
import type { WaitTerms } from "./wait-queue.ts";

/** What a pool takes from its surroundings. */
export interface PoolEnvironment {
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** From 0 to below 1, for jitter. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** What it may open together with other pools. Default: no such bound. */
  readonly budget?: ConnectionBudget | undefined;
}

/** What a pool lets its callers do. */
type PoolPatience = Pick<
  Required<PoolOptions>,
  "acquireTimeoutMs" | "deadlockPatienceMs" | "holdLimitMs" | "leakDetectionMs"
>;

/**
 * The bounded set of physical connections of one database; the same behaviour over every driver. Connections are opened when they are
 * needed, lent to one holder at a time, checked when they may have died, cleaned when they come back in use, and replaced as they age.
 * Nothing of it keeps the process alive, but callers that wait.
 */
export class Pool {
  readonly #engine: PoolEngine;
  readonly #state: PoolState;
  #drain: Drain | undefined = undefined;

  /**
   * Does no I/O.
   * @throws ConfigurationError naming the option that is wrong
   */
  constructor(source: ConnectionSource, options?: PoolOptions, environment: PoolEnvironment = {}) {
    const { clock = systemClock, random = Math.random, budget } = environment;
    this.#engine = new PoolEngine(source, checkPoolOptions(options, source.label), { clock, random }, budget);
    this.#state = this.#engine.state;
  }

  /** Says whether `close()` was called. */
  get closed(): boolean {
    return this.#state.closed;
  }

  /** How long callers may wait, and holders stand still. */
  get patience(): PoolPatience {
    const { options, deadlockPatienceMs } = this.#state;
    const { acquireTimeoutMs, holdLimitMs, leakDetectionMs } = options;
    return { acquireTimeoutMs, deadlockPatienceMs, holdLimitMs, leakDetectionMs };
  }

  /**
   * Lends an idle connection that needs no check, if there is one and nobody waits for it; otherwise `undefined`, and `acquire` is the
   * way. Synchronous, for the sake of speed: `pool.tryAcquire() ?? (await pool.acquire())`.
   */
  tryAcquire(holder?: Holder): Lease | undefined {
    // Those who trace acquires see all of them: through `acquire`.
    return acquireChannel.hasSubscribers ? undefined : tryLend(this.#state, holder);
  }

  /**
   * Lends a connection as soon as it is this caller's turn.
   *
   * @throws PoolTimeoutError when none came free in time, with the pool's figures; `cause` is the last failure to connect
   * @throws ConnectError, AuthenticationError or another error of the driver when the database cannot be reached and no connection is left
   * @throws PoolClosedError, PoolQueueFullError, PoolOverloadedError at once, where waiting would be in vain
   * @throws PoolDeadlockError when nobody who holds a connection does anything for `deadlockPatienceMs`
   * @throws CancelledError when the signal aborts
   */
  acquire(request: AcquireRequest = {}): Promise<Lease> {
    if (!acquireChannel.hasSubscribers) return this.#acquire(request, false);
    const { queue, source } = this.#state;
    const event = { ...poolPlace(source), holder: request.holder?.describe, waiting: queue.size };
    return traced(acquireChannel, event, () => this.#acquire(request, false));
  }

  /** The pool's figures and counters now. */
  stats(): PoolStats {
    const { clock, counters, health, inventory, max, options, queue } = this.#state;
    const { idle, connecting, closing, validating, resetting, leased, total } = inventory;
    const oldest = inventory.oldestLease();
    return {
      max,
      min: Math.min(options.min, max),
      total,
      idle,
      busy: leased + validating + resetting,
      connecting,
      closing,
      waiting: queue.size,
      validating,
      resetting,
      health: health.state(connecting),
      oldestHoldMs: oldest === undefined ? 0 : clock.now() - oldest.leasedAt,
      ...counters.snapshot(),
    };
  }

  /**
   * Sees that the database can be reached: checks a connection, or opens one, and opens more up to `min`.
   *
   * @throws the real error of the first attempt that fails, and whatever `acquire` throws
   */
  async connect(): Promise<void> {
    const { failures, inventory, max, options, suspicion } = this.#state;
    if (this.closed) throw failures.closed();
    // Connections in use speak for themselves.
    if (inventory.leased === 0 || inventory.idle > 0) {
      suspicion.raise();
      const lease = await this.#acquire({}, true);
      lease.release();
    }
    while (!this.closed && inventory.usable < Math.min(options.min, max)) await this.#nextConnect();
    if (this.closed) throw failures.closed();
  }

  /**
   * Replaces every connection that is open now or being opened: idle ones are closed, others when they come back, and attempts to connect are
   * given up and made again. For credentials or addresses that have changed. Does nothing where the database lives in its one connection.
   */
  evict(): void {
    const state = this.#state;
    const { attempts, inventory, permanent } = state;
    if (permanent || state.closed) return;
    this.#engine.decide((now) => {
      for (const attempt of [...attempts]) abandon(state, attempt, new Error("the connections were evicted"));
      for (const pooled of [...inventory.connections]) {
        if (pooled.state === "idle") retire(state, pooled, "evicted");
        else pooled.doomed ??= "evicted";
      }
      serve(state, now);
    });
  }

  /**
   * Closes the pool for good. Callers that wait or come get `PoolClosedError`; leases may end until the time is over, then their
   * connections are destroyed. Settles when no connection, timer or listener is left, at most about `closeTimeoutMs` after that. May be called
   * again: an earlier end counts.
   *
   * @returns how many connections were taken from their holders
   */
  close(options: CloseOptions = {}): Promise<CloseResult> {
    const { timeoutMs = this.#state.options.drainTimeoutMs } = options;
    this.#drain ??= new Drain(this.#engine);
    this.#drain.cutAfter(timeoutMs);
    return this.#drain.done;
  }

  #acquire(request: AcquireRequest, failsWithConnect: boolean): Promise<Lease> {
    const state = this.#state;
    const { clock, counters, failures, options, permanent } = state;
    const { signal, deadline, holder } = request;
    if (state.closed) {
      counters.rejected.closed++;
      return Promise.reject(failures.closed());
    }
    if (signal?.aborted === true) {
      counters.cancelled++;
      return Promise.reject(failures.cancelled(signal));
    }
    if (deadline !== undefined && deadline <= clock.now()) {
      counters.timeouts++;
      return Promise.reject(failures.timeout(0, true));
    }
    const fresh = request.fresh === true && !permanent;
    const lease = fresh ? undefined : tryLend(state, holder);
    if (lease !== undefined) return Promise.resolve(lease);
    const now = clock.now();
    const limit = now + options.acquireTimeoutMs;
    const ownDeadline = deadline !== undefined && deadline < limit;
    return this.#wait({
      since: now,
      deadline: ownDeadline ? deadline : limit,
      ownDeadline,
      bounded: request.bounded ?? (deadline !== undefined || signal !== undefined),
      fresh,
      ahead: request.ahead === true,
      failsWithConnect,
      holder,
      signal,
      takenBy: state.stack(),
    });
  }

  /** Queues a caller, and does what gets it a connection. */
  #wait(terms: WaitTerms): Promise<Lease> {
    const state = this.#state;
    const { inventory } = state;
    const refused = refusal(state, terms);
    if (refused !== undefined) return Promise.reject(refused);
    state.used = true;
    const { outcome } = enterQueue(state, terms);
    if (inventory.idle > 0 || inventory.total < state.max) this.#engine.decide((now) => serve(state, now));
    return outcome;
  }

  /** Settles with the next attempt to connect, or when the pool closes. */
  #nextConnect(): Promise<void> {
    const { connectWatchers, failures } = this.#state;
    return new Promise((resolve, reject) => {
      connectWatchers.add((failure) => {
        if (failure === undefined) resolve();
        else reject(failures.connect(failure));
      });
    });
  }
}
