import { AsyncLocalStorage } from "node:async_hooks";
import { type Clock, systemClock } from "../driver/index.ts";
import type { AcquireRequest } from "./acquire-request.ts";
import { refusal } from "./admission.ts";
import type { ConnectionSource } from "./connection-source.ts";
import { acquireChannel } from "./diagnostics.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type CloseOptions, type CloseResult, Drain } from "./drain.ts";
import { type ConnectFailure, Health } from "./health.ts";
import type { Holder } from "./holder.ts";
import { type Housekeeper, housekeeperOf } from "./housekeeper.ts";
import { Inventory } from "./inventory.ts";
import type { Lease } from "./lease.ts";
import { checkPoolOptions, type PoolOptions } from "./options.ts";
import { PoolFailures } from "./pool-failures.ts";
import type { PoolParts } from "./pool-parts.ts";
import { Reports } from "./reports.ts";
import { Shedding } from "./shedding.ts";
import { Counters, type PoolStats } from "./stats.ts";
import { Suspicion } from "./suspicion.ts";
import { Upkeep } from "./upkeep.ts";

/** What a pool takes from its surroundings. */
export interface PoolEnvironment {
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** From 0 to below 1, for jitter. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * The bounded set of physical connections of one database; the same behaviour over every driver. Connections are opened when they are
 * needed, lent to one holder at a time, checked when they may have died, cleaned when they come back in use, and replaced as they age.
 * Nothing of it keeps the process alive, but callers that wait.
 */
export class Pool {
  readonly #parts: PoolParts;
  readonly #dispatcher: Dispatcher;
  readonly #upkeep: Upkeep;
  readonly #housekeeper: Housekeeper;
  readonly #connectWatchers = new Set<(failure: ConnectFailure | undefined) => void>();
  #drain: Drain | undefined = undefined;

  /**
   * Does no I/O.
   * @throws ConfigurationError naming the option that is wrong
   */
  constructor(source: ConnectionSource, options?: PoolOptions, environment: PoolEnvironment = {}) {
    const { clock = systemClock, random = Math.random } = environment;
    const checked = checkPoolOptions(options, source.label);
    const max = Math.min(checked.max, source.capabilities.maxConnections ?? checked.max);
    const inventory = new Inventory();
    const health = new Health(checked, random);
    this.#housekeeper = housekeeperOf(clock);
    this.#parts = {
      source,
      options: checked,
      clock,
      random,
      max,
      permanent: source.capabilities.maxConnections === 1,
      inventory,
      health,
      suspicion: new Suspicion(clock),
      shedding: new Shedding(checked.shedding),
      counters: new Counters(),
      reports: new Reports(source),
      failures: new PoolFailures({
        source,
        inventory,
        health,
        max,
        now: () => clock.now(),
        waiting: () => this.#dispatcher.room.queue.size,
      }),
      inOwnContext: AsyncLocalStorage.snapshot(),
      wake: (at) => this.#housekeeper.wake(this.#upkeep, at),
    };
    this.#dispatcher = new Dispatcher(this.#parts, {
      filled: () => this.#housekeeper.startWaiting(),
      emptied: () => this.#housekeeper.stopWaiting(),
      connectEnded: (failure) => this.#connectEnded(failure),
      lessened: () => this.#drain?.check(),
    });
    this.#upkeep = new Upkeep(this.#parts, this.#dispatcher);
  }

  /** Says whether `close()` was called. */
  get closed(): boolean {
    return this.#dispatcher.closed;
  }

  /**
   * Lends an idle connection that needs no check, if there is one and nobody waits for it; otherwise `undefined`, and `acquire` is the
   * way. Synchronous, for the sake of speed: `pool.tryAcquire() ?? (await pool.acquire())`.
   */
  tryAcquire(holder?: Holder): Lease | undefined {
    // Those who trace acquires see all of them: through `acquire`.
    return acquireChannel.hasSubscribers ? undefined : this.#dispatcher.tryLend(holder);
  }

  /**
   * Lends a connection as soon as it is this caller's turn.
   *
   * @throws PoolTimeoutError when none came free in time, with the pool's figures; `cause` is the last failure to connect
   * @throws ConnectError, AuthenticationError or another error of the driver when the database cannot be reached and no connection is left
   * @throws PoolClosedError, PoolQueueFullError, PoolOverloadedError, PoolDeadlockError at once, where waiting would be in vain
   * @throws CancelledError when the signal aborts
   */
  acquire(request: AcquireRequest = {}): Promise<Lease> {
    if (!acquireChannel.hasSubscribers) return this.#acquire(request, false);
    const { source } = this.#parts;
    return acquireChannel.tracePromise(() => this.#acquire(request, false), {
      database: source.label,
      engine: source.engine,
      holder: request.holder?.describe,
      waiting: this.#dispatcher.room.queue.size,
    });
  }

  /** The pool's figures and counters now. */
  stats(): PoolStats {
    const { counters, health, inventory, max } = this.#parts;
    const { idle, connecting, closing, validating, resetting, leased, total } = inventory;
    return {
      max,
      total,
      idle,
      busy: leased + validating + resetting,
      connecting,
      closing,
      waiting: this.#dispatcher.room.queue.size,
      validating,
      resetting,
      health: health.state(connecting),
      ...counters.snapshot(),
    };
  }

  /**
   * Sees that the database can be reached: checks a connection, or opens one, and opens more up to `min`.
   *
   * @throws the real error of the first attempt that fails, and whatever `acquire` throws
   */
  async connect(): Promise<void> {
    const { failures, inventory, max, options, suspicion } = this.#parts;
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
   * Replaces every connection that is open now: idle ones are closed, others when they come back. For credentials or addresses that
   * have changed. Does nothing where the database lives in its one connection.
   */
  evict(): void {
    const { inventory, permanent } = this.#parts;
    if (permanent) return;
    for (const slot of [...inventory.slots]) {
      if (slot.state === "idle") this.#dispatcher.care.retire(slot, "evicted");
      else slot.doomed ??= "evicted";
    }
  }

  /**
   * Closes the pool for good. Callers that wait or come get `PoolClosedError`; leases may end until the time is over, then their
   * connections are destroyed. Settles when no connection, timer or listener is left, at most about `closeTimeoutMs` after that. May be called
   * again: an earlier end counts.
   *
   * @returns how many connections were taken from their holders
   */
  close(options: CloseOptions = {}): Promise<CloseResult> {
    const { timeoutMs = this.#parts.options.drainTimeoutMs } = options;
    let drain = this.#drain;
    if (drain === undefined) {
      drain = new Drain(this.#parts, this.#dispatcher);
      this.#drain = drain;
      drain.start();
      this.#housekeeper.leave(this.#upkeep);
      this.#connectEnded(undefined);
    }
    drain.cutAfter(timeoutMs);
    return drain.done;
  }

  #acquire(request: AcquireRequest, failsWithConnect: boolean): Promise<Lease> {
    const { clock, counters, failures, options, permanent } = this.#parts;
    const { signal, deadline, holder } = request;
    if (this.closed) {
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
    const lease = fresh ? undefined : this.#dispatcher.tryLend(holder);
    if (lease !== undefined) return Promise.resolve(lease);
    const now = clock.now();
    const limit = now + options.acquireTimeoutMs;
    const ownDeadline = deadline !== undefined && deadline < limit;
    const terms = {
      since: now,
      deadline: ownDeadline ? deadline : limit,
      ownDeadline,
      fresh,
      failsWithConnect,
      holder,
      signal,
      takenBy: this.#dispatcher.lender.watch.stack(),
    };
    const refused = refusal(this.#parts, terms, this.#dispatcher.room.queue.size);
    return refused === undefined ? this.#dispatcher.wait(terms) : Promise.reject(refused);
  }

  #connectEnded(failure: ConnectFailure | undefined): void {
    if (!this.closed) this.#upkeep.start();
    const watchers = [...this.#connectWatchers];
    this.#connectWatchers.clear();
    for (const watcher of watchers) watcher(failure);
  }

  /** Settles with the next attempt to connect, or when the pool closes. */
  #nextConnect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connectWatchers.add((failure) => {
        if (failure === undefined) resolve();
        else reject(this.#parts.failures.connect(failure));
      });
    });
  }
}
