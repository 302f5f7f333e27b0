import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../driver/index.ts";
import type { ConnectAttempt } from "./connect-attempt.ts";
import type { ConnectionSource } from "./connection-source.ts";
import type { Effect } from "./effects.ts";
import { type ConnectFailure, Health } from "./health.ts";
import type { HeldLease, LeaseSite } from "./holder.ts";
import { type Housekeeper, type HousekeeperMember, housekeeperOf } from "./housekeeper.ts";
import { Inventory } from "./inventory.ts";
import type { LeaseOwner } from "./lease.ts";
import type { CheckedPoolOptions } from "./options.ts";
import { PoolFailures } from "./pool-failures.ts";
import type { PoolShare } from "./pool-share.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import { Shedding } from "./shedding.ts";
import { Counters } from "./stats.ts";
import { Suspicion } from "./suspicion.ts";
import { WaitQueue } from "./wait-queue.ts";

/**
 * All that a pool knows. Decisions change it, at once and without calling anybody, and note in `effects` what is to be done about it; the
 * engine carries that out.
 */
export class PoolState implements LeaseSite {
  readonly source: ConnectionSource;
  readonly options: CheckedPoolOptions;
  readonly clock: Clock;
  readonly random: () => number;
  /** `pool.max`, or less where the engine has room for less. */
  readonly max: number;
  /** The database lives in its one connection: losing it loses the data, so nothing but closing the pool ends it. */
  readonly permanent: boolean;
  readonly inventory = new Inventory();
  readonly queue = new WaitQueue();
  /** Attempts to connect that run. */
  readonly attempts = new Set<ConnectAttempt>();
  readonly health: Health;
  readonly suspicion: Suspicion;
  readonly shedding: Shedding;
  readonly counters = new Counters();
  readonly failures: PoolFailures;
  /** Where leases go back to. */
  readonly owner: LeaseOwner;
  /** Tells of leases that are garbage before they end; with leak detection on. */
  readonly lostLeases: FinalizationRegistry<PooledConnection> | undefined;
  /** To be told of the end of the next attempt to connect; with its failure, or well. */
  readonly connectWatchers = new Set<(failure: ConnectFailure | undefined) => void>();
  /** Runs work of the pool's own outside the async context of whichever caller caused it. */
  readonly inOwnContext: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();
  readonly #housekeeper: Housekeeper;
  readonly #member: HousekeeperMember;

  /** Called when the pool is closed and nothing of it is left. */
  whenEmpty: (() => void) | undefined = undefined;
  /** Its part in a budget that it shares with other pools, where there is one. */
  share: PoolShare | undefined = undefined;
  /** What the last decisions ask for. */
  effects: Effect[] = [];
  /** Nothing is lent any more; what comes back is closed. */
  closed = false;
  /** `min` counts from the first use on: nothing connects by itself before that. */
  used = false;
  /** How many attempts to connect may run at a time now. */
  connectWindow = 1;
  /** Checks that run on connections which are probably dead. */
  unlikelyChecks = 0;

  /** @param engine - carries out what is decided */
  constructor(
    source: ConnectionSource,
    options: CheckedPoolOptions,
    environment: { readonly clock: Clock; readonly random: () => number },
    engine: LeaseOwner & HousekeeperMember,
  ) {
    const { clock, random } = environment;
    this.source = source;
    this.options = options;
    this.clock = clock;
    this.random = random;
    this.max = Math.min(options.max, source.capabilities.maxConnections ?? options.max);
    this.permanent = source.capabilities.maxConnections === 1;
    this.health = new Health(options, random);
    this.suspicion = new Suspicion(clock);
    this.shedding = new Shedding(options.shedding);
    this.failures = new PoolFailures(this);
    this.owner = engine;
    this.lostLeases =
      options.leakDetectionMs > 0 ? new FinalizationRegistry((pooled) => engine.leaseLost(pooled)) : undefined;
    this.#housekeeper = housekeeperOf(clock);
    this.#member = engine;
  }

  get exhausted(): boolean {
    return this.#ownExhausted || this.share?.exhausted === true;
  }

  get deadlockPatienceMs(): number {
    return this.options.deadlockPatienceMs;
  }

  /** Who has what callers here wait for: its own connections, or those of all pools where the budget is what is used up. */
  leases(): Iterable<HeldLease> {
    return this.share === undefined || this.#ownExhausted ? this.ownLeases() : this.share.allLeases();
  }

  *ownLeases(): Generator<HeldLease, undefined, undefined> {
    for (const pooled of this.inventory.connections) {
      if (pooled.state === "leased") yield pooled;
    }
  }

  get #ownExhausted(): boolean {
    return this.inventory.leased === this.max;
  }

  /** Connections that will probably be ready soon. */
  get promising(): number {
    return this.inventory.validating + this.inventory.resetting - this.unlikelyChecks;
  }

  /** How many connections there may be now. */
  limit(now: number): number {
    return this.health.limit(this.max, now);
  }

  /** Where the caller is, with leak detection on; a stack costs microseconds. */
  stack(): Error | undefined {
    return this.lostLeases === undefined ? undefined : new Error("taken here");
  }

  /** Asks for a tick of the pool's upkeep at this moment, or before. */
  wake(at: number): void {
    this.#housekeeper.wake(this.#member, at);
  }

  /** Wants no ticks any more. */
  sleep(): void {
    this.#housekeeper.leave(this.#member);
  }

  /** Somebody waits, which keeps the process alive. */
  queueStarted(now: number): void {
    this.shedding.queueStarted(now);
    this.#housekeeper.startWaiting();
  }

  /** Nobody waits any more. */
  queueEmptied(): void {
    this.connectWindow = 1;
    this.#housekeeper.stopWaiting();
  }

  /** An attempt to connect has ended; those who wait for that hear of it. */
  connectEnded(failure: ConnectFailure | undefined): void {
    const watchers = [...this.connectWatchers];
    this.connectWatchers.clear();
    for (const watcher of watchers) watcher(failure);
  }
}
