import type { Clock, Timer } from "../driver/index.ts";
import {
  CancelledError,
  PoolDeadlockError,
  type PoolFigures,
  PoolQueueFullError,
  PoolTimeoutError,
} from "../errors/index.ts";
import type { AcquireRequest } from "./acquire-request.ts";
import { isStalled, stillSince } from "./deadlock.ts";
import { type HeldLease, type Holder, holdsLease, type LeaseSite, startWaiting, stopWaiting } from "./holder.ts";
import type { Lease } from "./lease.ts";
import type { Pool } from "./pool.ts";

/** A borrowed connection: a lease of a pool, or what stands for one. */
export type Borrowed = Pick<Lease, "connection" | "release" | "revoked">;

/** Where connections come from: a pool, or what stands before one. */
export interface LeasePool extends Pick<Pool, "closed" | "patience" | "stats"> {
  /** See {@link Pool.tryAcquire}. */
  tryAcquire(holder?: Holder): Borrowed | undefined;
  /** See {@link Pool.acquire}. */
  acquire(request?: AcquireRequest): Promise<Borrowed>;
}

/** How many connections of a pool one of its users may have. */
export interface LeaseLimitFacts {
  /** For messages. */
  readonly database: string;
  readonly key: string;
  readonly engine: string;
  readonly max: number;
  readonly maxQueue: number;
  readonly clock: Clock;
}

interface Waiting {
  readonly request: AcquireRequest;
  readonly since: number;
  readonly deadline: number;
  readonly begin: () => void;
  readonly fail: (error: Error) => void;
}

/**
 * Lets one of a pool's users have only so many connections at a time; its other callers wait here, in order, and not in the pool's queue. They wait
 * as long as the pool would let them, here and there together.
 */
export class LeaseLimit implements LeasePool, LeaseSite {
  readonly #pool: LeasePool;
  readonly #facts: LeaseLimitFacts;
  readonly #held = new Set<HeldLease>();
  #queue = new Set<Waiting>();
  #timer: Timer | undefined;

  constructor(pool: LeasePool, facts: LeaseLimitFacts) {
    this.#pool = pool;
    this.#facts = facts;
  }

  get closed(): boolean {
    return this.#pool.closed;
  }

  get patience(): LeasePool["patience"] {
    return this.#pool.patience;
  }

  get deadlockPatienceMs(): number {
    return this.#pool.patience.deadlockPatienceMs;
  }

  get exhausted(): boolean {
    return this.#held.size >= this.#facts.max;
  }

  leases(): Iterable<HeldLease> {
    return this.#held;
  }

  stats(): ReturnType<LeasePool["stats"]> {
    return this.#pool.stats();
  }

  tryAcquire(holder?: Holder): Borrowed | undefined {
    if (this.exhausted || this.#queue.size > 0) return undefined;
    const lease = this.#pool.tryAcquire(holder);
    return lease === undefined ? undefined : this.#hold(lease, this.#enter(holder));
  }

  async acquire(request: AcquireRequest = {}): Promise<Borrowed> {
    const since = this.#facts.clock.now();
    if (this.exhausted || (this.#queue.size > 0 && request.ahead !== true)) await this.#turn(request);
    const held = this.#enter(request.holder);
    try {
      return this.#hold(await this.#pool.acquire(this.#rest(request, since)), held);
    } catch (error) {
      this.#leave(held);
      throw error;
    }
  }

  /** What is left of a caller's time after it has waited here. */
  #rest(request: AcquireRequest, since: number): AcquireRequest {
    if (this.#facts.clock.now() === since) return request;
    const { deadline = Number.POSITIVE_INFINITY, signal } = request;
    const bounded = request.bounded ?? (request.deadline !== undefined || signal !== undefined);
    return { ...request, bounded, deadline: Math.min(deadline, since + this.patience.acquireTimeoutMs) };
  }

  #enter(holder: Holder | undefined): HeldLease {
    const held = { holder, leasedAt: this.#facts.clock.now() };
    this.#held.add(held);
    return held;
  }

  #hold(lease: Borrowed, held: HeldLease): Borrowed {
    const leave = (): void => this.#leave(held);
    return {
      connection: lease.connection,
      get revoked() {
        return lease.revoked;
      },
      release(outcome) {
        lease.release(outcome);
        leave();
      },
    };
  }

  #leave(held: HeldLease): void {
    this.#held.delete(held);
    const [next] = this.#queue;
    // It enters in this very moment, so nobody can barge in.
    if (next !== undefined && !this.exhausted) next.begin();
  }

  #turn(request: AcquireRequest): Promise<void> {
    const { clock, maxQueue } = this.#facts;
    const { ahead = false, holder, signal } = request;
    if (signal?.aborted === true) return Promise.reject(this.#cancelled(signal));
    if (!ahead && this.#queue.size >= maxQueue) {
      const message = `${this.#name}: ${this.#queue.size} callers wait for a connection already (perTenant.waiting)`;
      return Promise.reject(new PoolQueueFullError(message, this.#place()));
    }
    return new Promise((resolve, reject) => {
      const since = clock.now();
      const deadline = Math.min(request.deadline ?? Number.POSITIVE_INFINITY, since + this.patience.acquireTimeoutMs);
      const end = (): void => {
        this.#queue.delete(waiting);
        if (holder !== undefined) stopWaiting(holder, this);
        signal?.removeEventListener("abort", onAbort);
        if (this.#queue.size === 0) this.#timer?.cancel();
      };
      const onAbort = (): void => waiting.fail(this.#cancelled(signal as AbortSignal));
      const waiting: Waiting = {
        request,
        since,
        deadline,
        begin() {
          end();
          resolve();
        },
        fail(error) {
          end();
          reject(error);
        },
      };
      this.#queue = ahead ? new Set([waiting, ...this.#queue]) : this.#queue.add(waiting);
      if (holder !== undefined) startWaiting(holder, this);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#watch();
    });
  }

  /** Looks again when the next one's time is over, or everybody may have stood still for too long. */
  #watch(): void {
    this.#timer?.cancel();
    const now = this.#facts.clock.now();
    let at = now + this.deadlockPatienceMs;
    for (const { deadline } of this.#queue) at = Math.min(at, deadline);
    this.#timer = this.#facts.clock.setTimer(() => this.#look(), Math.max(1, at - now), { keepProcessAlive: true });
  }

  #look(): void {
    const now = this.#facts.clock.now();
    for (const waiting of [...this.#queue])
      if (waiting.deadline <= now) waiting.fail(this.#timeout(now - waiting.since));
    const since = this.#queue.size === 0 ? undefined : stillSince(this);
    if (since !== undefined && now - since >= this.deadlockPatienceMs) {
      const stuck = [...this.#queue]
        .reverse()
        .find(({ request }) => mayFail(request) && isStalled(this, request.holder, now));
      stuck?.fail(this.#deadlock(now - since));
    }
    if (this.#queue.size > 0) this.#watch();
  }

  #timeout(waitedMs: number): Error {
    const message = `${this.#name}: none of its ${this.#facts.max} connections came free (waited ${Math.round(waitedMs)} ms; ${this.#queue.size} waiting)`;
    return new PoolTimeoutError(message, this.#place());
  }

  #deadlock(stillMs: number): Error {
    const message =
      `${this.#name}: each of its ${this.#facts.max} connections is held, and for ${Math.floor(stillMs)} ms no holder has used its own: ` +
      `they seem to wait for this caller, or for each other; take fewer connections at once`;
    return new PoolDeadlockError(message, this.#place());
  }

  #cancelled(signal: AbortSignal): Error {
    const { database, engine } = this.#facts;
    const message = `${this.#name}: waiting for a connection was cancelled by the caller's signal`;
    return new CancelledError(message, { database, engine, cause: signal.reason });
  }

  get #name(): string {
    const { database, key, engine } = this.#facts;
    return `${database} "${key}" (${engine})`;
  }

  #place(): { readonly database: string; readonly engine: string; readonly pool: PoolFigures } {
    const { database, engine, max, clock } = this.#facts;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { leasedAt } of this.#held) oldest = Math.min(oldest, leasedAt);
    const { size } = this.#held;
    const oldestLeaseMs = size === 0 ? undefined : clock.now() - oldest;
    const waiting = this.#queue.size;
    return { database, engine, pool: { max, total: size, idle: 0, busy: size, connecting: 0, waiting, oldestLeaseMs } };
  }
}

/** As in a pool: one who keeps others waiting by its own leases; or who holds nothing, and has set its wait no end itself. */
function mayFail({ bounded, deadline, holder, signal }: AcquireRequest): boolean {
  return !(bounded ?? (deadline !== undefined || signal !== undefined)) || (holder !== undefined && holdsLease(holder));
}
