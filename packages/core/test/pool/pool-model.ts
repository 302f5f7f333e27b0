import { getEventListeners } from "node:events";
import {
  CancelledError,
  ConnectError,
  ConnectionLostError,
  type MdbError,
  PoolClosedError,
  PoolDeadlockError,
  PoolOverloadedError,
  PoolQueueFullError,
  PoolTimeoutError,
} from "../../src/errors/index.ts";
import { Holder, type Lease, Pool, type PoolOptions, type ReleaseOutcome } from "../../src/pool/index.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { type Behaviour, type FakeConnection, FakeDriverError, FakeServer } from "./fake-server.ts";
import { seededRandom } from "./random.ts";

/** A call of `acquire` that has not settled. */
interface Asked {
  readonly order: number;
  readonly fresh: boolean;
  readonly deadline: number;
  readonly holder: Holder | undefined;
  readonly controller: AbortController | undefined;
}

/** A lease that has not ended. */
interface Lent {
  readonly lease: Lease;
  readonly connection: FakeConnection;
  readonly holder: Holder | undefined;
}

/** What the model remembers of one connection: since which of its calls something has to be done before it is lent again. */
interface Memory {
  suspectAtCall: number | undefined;
  dirtyAtCall: number | undefined;
  evicted: boolean;
}

const coarseMs = 250;

/** What may go wrong with a server. Made once: a stack for each would take most of the time. */
const errors: readonly [Error, ...Error[]] = [
  new FakeDriverError("refused"),
  new FakeDriverError("lost"),
  new FakeDriverError("auth", { retry: "never" }),
  new FakeDriverError("too-many-connections"),
];

/**
 * A small model of a pool beside the real one. Each step does one random thing to the real pool; then everything that a pool
 * promises is compared with what the model has seen from outside: calls, answers, and what the fake server was asked.
 */
export class PoolModel {
  readonly clock = new FakeClock();
  readonly server: FakeServer;
  readonly pool: Pool;
  readonly options: PoolOptions & {
    readonly max: number;
    readonly acquireTimeoutMs: number;
    readonly maxQueue: number;
  };
  readonly trace: string[] = [];
  readonly #random: () => number;
  readonly #pending = new Set<Asked>();
  readonly #lent = new Set<Lent>();
  /** Leases whose connection was taken from them. */
  readonly #revoked: Lent[] = [];
  readonly #memories = new WeakMap<FakeConnection, Memory>();
  #servedNow: Asked[] = [];
  #order = 0;
  /** A promise that was found broken while an answer came in. */
  #broken: unknown;
  readonly #seen = {
    acquired: 0,
    timeouts: 0,
    cancelled: 0,
    queueFull: 0,
    deadlock: 0,
    overloaded: 0,
    closed: 0,
    down: 0,
  };

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const max = 1 + this.#below(5);
    this.options = {
      max,
      min: this.#chance(0.5) ? 0 : this.#below(max + 1),
      acquireTimeoutMs: 500 + this.#below(3_000),
      connectTimeoutMs: 400 + this.#below(1_500),
      idleTimeoutMs: this.#chance(0.5) ? 2_000 : Number.POSITIVE_INFINITY,
      maxLifetimeMs: this.#chance(0.5) ? 5_000 : Number.POSITIVE_INFINITY,
      maxUses: this.#chance(0.3) ? 5 : Number.POSITIVE_INFINITY,
      validateAfterIdleMs: this.#chance(0.3) ? 0 : 300,
      validateTimeoutMs: 200,
      keepaliveMs: this.#chance(0.5) ? 1_500 : Number.POSITIVE_INFINITY,
      maxQueue: this.#chance(0.3) ? 5 : 40,
      shedding: this.#chance(0.4) ? { targetMs: 50, intervalMs: 200 } : this.#pick(["deadline", "off"] as const),
      holdLimitMs: this.#chance(0.3) ? 3_000 : 0,
      backoff: { authenticationInitialMs: 200, authenticationMaxMs: 1_000 },
      closeTimeoutMs: 300,
      drainTimeoutMs: 1_000,
      reset: this.#chance(0.2) ? "always" : "auto",
    };
    this.server = new FakeServer(this.clock, {
      capabilities: { reset: this.#pick(["round-trip", "deferred", "none"] as const) },
    });
    this.server.canPing = this.#chance(0.8);
    this.server.honoursAbort = this.#chance(0.7);
    this.pool = new Pool(this.server, this.options, { clock: this.clock, random: this.#random });
  }

  /** One random operation, and every check. */
  async step(): Promise<void> {
    this.#servedNow = [];
    const [name, act] = this.#choose();
    this.trace.push(name);
    if (this.trace.length > 60) this.trace.shift();
    await act();
    await settled();
    this.check();
  }

  /** With a healthy server and nobody holding anything, everybody who waits is served and the pool is as good as new. */
  async recover(): Promise<void> {
    this.#servedNow = [];
    this.trace.push("recover");
    // Longer than any pause the pool makes: 30 s after "too many connections".
    for (let round = 0; round < 35; round++) {
      this.#heal();
      for (const lent of [...this.#lent]) this.#release(lent, {});
      await this.clock.advance(1_000);
      for (const connection of this.server.open) {
        connection.closes = connection.resets = connection.rollbacks = connection.pings = "ok";
      }
    }
    this.#servedNow = [];
    this.check();
    this.#expect(this.#pending.size === 0, "somebody still waits at a healthy, unused pool");
    // The first one stands in for all when the pool was down.
    (await this.pool.acquire()).release();
    this.#seen.acquired++;
    await settled();
    const taking = Promise.all(Array.from({ length: this.options.max }, () => this.pool.acquire()));
    await this.clock.advance(400);
    const leases = await taking;
    this.#seen.acquired += leases.length;
    const distinct = new Set(leases.map(({ connection }) => connection));
    this.#expect(distinct.size === this.options.max, "a healthy pool does not lend max connections");
    for (const lease of leases) lease.release();
    await settled();
    this.check();
  }

  /** Closes the pool in whatever state it is, and looks for anything left behind. */
  async finish(): Promise<void> {
    this.trace.push("close");
    const signals = [...this.#pending].flatMap(({ controller }) =>
      controller === undefined ? [] : [controller.signal],
    );
    const held = this.#lent.size;
    const closing = this.pool.close({ timeoutMs: this.#below(2_000) });
    const again = this.pool.close();
    await settled();
    this.#expect(this.#pending.size === 0, "somebody still waits at a closed pool");
    this.#acquire();
    await settled();
    this.#expect(this.#pending.size === 0, "a closed pool lets somebody wait");
    for (const lent of [...this.#lent]) if (this.#chance(0.5)) this.#release(lent, {});
    await this.clock.advance(10_000);
    const { destroyed } = await closing;
    this.#expect((await again).destroyed === destroyed, "two calls of close disagree");
    this.#expect(destroyed <= held, "more connections were cut than lent");
    while (this.server.pendingConnects > 0) this.server.release();
    await settled();
    const stats = this.pool.stats();
    this.#expect(stats.total === 0 && stats.waiting === 0, "something is left after close");
    this.#expect(this.clock.timers === 0, `${this.clock.timers} timers are left after close`);
    this.#expect(this.server.open.length === 0, "a connection is left open");
    for (const { onFatal } of this.server.connections)
      this.#expect(onFatal === null, "a listener is left on a connection");
    for (const signal of signals) {
      this.#expect(getEventListeners(signal, "abort").length === 0, "a listener is left on a signal");
    }
    for (const lent of [...this.#lent]) lent.lease.release();
  }

  /** Every promise of a pool that can be seen from outside. */
  check(): void {
    if (this.#broken !== undefined) throw this.#broken;
    const stats = this.pool.stats();
    const { max, maxQueue } = this.options;
    this.#prune();
    const pending = [...this.#pending];
    const { total, idle, busy, validating, resetting } = stats;

    this.#expect(total <= max, `total ${total} is over max ${max}`);
    this.#expect(total === idle + busy + stats.connecting + stats.closing, "total does not add up");
    this.#expect(
      busy === this.#lent.size + validating + resetting,
      `busy ${busy} is not ${this.#lent.size} lent + ${validating} checked + ${resetting} cleaned`,
    );
    if (this.server.honoursAbort) {
      const physical = this.server.open.length + this.server.pendingConnects;
      this.#expect(physical <= max, `${physical} physical connections are over max ${max}`);
    }
    this.#expect(stats.waiting === pending.length, `${stats.waiting} wait, but ${pending.length} calls are pending`);
    this.#expect(stats.waiting <= maxQueue, "the queue is longer than maxQueue");

    const gone = Object.values(stats.destroyed).reduce((sum, count) => sum + count, 0);
    this.#expect(stats.created - gone === idle + busy, "created less destroyed is not what there is");
    const { acquired, timeouts, cancelled, ...rejected } = this.#seen;
    this.#expect(stats.acquired === acquired, `acquired ${stats.acquired}, seen ${acquired}`);
    this.#expect(stats.timeouts === timeouts, `timeouts ${stats.timeouts}, seen ${timeouts}`);
    this.#expect(stats.cancelled === cancelled, `cancelled ${stats.cancelled}, seen ${cancelled}`);
    for (const [what, count] of Object.entries(rejected)) {
      const counted = stats.rejected[what as keyof typeof rejected];
      this.#expect(counted === count, `rejected.${what} is ${counted}, seen ${count}`);
    }
    const timed = stats.acquireTimes.reduce((sum, { count }) => sum + count, 0);
    this.#expect(timed === stats.acquired, "the histogram does not hold every acquire");

    const forUsed = pending.filter(({ fresh }) => !fresh).length;
    this.#expect(
      idle === 0 || forUsed <= validating,
      `${idle} idle while ${forUsed} wait and ${validating} are checked`,
    );
    for (const served of this.#servedNow) {
      const passed = pending.some(({ order, fresh }) => fresh === served.fresh && order < served.order);
      this.#expect(!passed, "somebody was served before one who had waited longer");
    }
    for (const { deadline } of pending) {
      this.#expect(this.clock.now() <= deadline + coarseMs, "somebody waits beyond the deadline");
    }
    this.#expect(!this.#deadlocked(pending), "everybody waits for each other");
    if (!this.pool.closed) {
      const keptAlive = this.clock.keptAlive > 0;
      this.#expect(keptAlive === pending.length > 0, `the process is ${keptAlive ? "" : "not "}kept alive`);
    }
  }

  #choose(): readonly [string, () => void | Promise<void>] {
    const roll = this.#random();
    if (roll < 0.3) return ["acquire", () => this.#acquire()];
    if (roll < 0.35) return ["tryAcquire", () => this.#tryAcquire()];
    if (roll < 0.4) return ["abort", () => this.#abort()];
    if (roll < 0.62) return ["release", () => this.#releaseSomehow()];
    if (roll < 0.63) return ["destroy", () => this.#destroy()];
    if (roll < 0.66) return ["die", () => this.#die()];
    if (roll < 0.8) return ["tick", () => this.clock.advance(this.#below(this.#chance(0.1) ? 1_500 : 60))];
    if (roll < 0.85)
      return ["connect ends", () => this.server.release(this.#chance(0.6) ? undefined : this.#pick(errors))];
    if (roll < 0.9) return ["connects change", () => this.#changeConnects()];
    if (roll < 0.95) return ["behaviour changes", () => this.#changeBehaviour()];
    if (roll < 0.98) return ["heal", () => this.#heal()];
    if (roll < 0.985) return ["evict", () => this.#evict()];
    if (roll < 0.995) return ["suspend", () => this.#suspend()];
    return ["late release", () => this.#releaseLate()];
  }

  #acquire(): void {
    const holder = this.#holder();
    const controller = this.#chance(0.4) ? new AbortController() : undefined;
    if (controller !== undefined && this.#chance(0.05)) controller.abort();
    const ownMs = this.#chance(0.3) ? this.#below(1_500) - 20 : Number.POSITIVE_INFINITY;
    const fresh = this.#chance(0.08) && this.options.max > 1;
    const asked: Asked = {
      order: this.#order++,
      fresh,
      deadline: this.clock.now() + Math.min(ownMs, this.options.acquireTimeoutMs),
      controller,
      holder,
    };
    this.#pending.add(asked);
    this.pool
      .acquire({
        holder,
        fresh,
        signal: controller?.signal,
        deadline: Number.isFinite(ownMs) ? this.clock.now() + ownMs : undefined,
      })
      .then(
        (lease) => {
          this.#servedNow.push(asked);
          this.#leave(asked);
          this.#lend(lease, asked.holder);
        },
        (error: MdbError) => {
          this.#leave(asked);
          this.#seen[kindOf(error)]++;
        },
      )
      .catch((error: unknown) => {
        this.#broken ??= error;
      });
  }

  #tryAcquire(): void {
    const holder = this.#holder();
    const waiting = this.#pending.size;
    const lease = this.pool.tryAcquire(holder);
    if (lease === undefined) return;
    this.#expect(waiting === 0, "tryAcquire barged in before those who wait");
    this.#lend(lease, holder);
  }

  #lend(lease: Lease, holder: Holder | undefined): void {
    this.#seen.acquired++;
    const connection = lease.connection as FakeConnection;
    const memory = this.#memoryOf(connection);
    this.#expect(connection.usable && connection.state === "open", "a dead connection was lent");
    this.#expect(!memory.evicted, "an evicted connection was lent");
    this.#expect(connection.txStatus === "idle", "a connection was lent inside a transaction");
    const since = connection.calls.slice(memory.suspectAtCall ?? connection.calls.length);
    this.#expect(
      memory.suspectAtCall === undefined || !this.server.canPing || since.some((call) => this.#proves(call)),
      "a connection in doubt was lent without a check",
    );
    this.#expect(
      memory.dirtyAtCall === undefined || connection.calls.slice(memory.dirtyAtCall).includes("reset session"),
      "a dirty connection was lent",
    );
    memory.suspectAtCall = undefined;
    memory.dirtyAtCall = undefined;
    for (const other of this.#lent) this.#expect(other.connection !== connection, "a connection was lent twice");
    this.#lent.add({ lease, connection, holder });
  }

  #proves(call: string): boolean {
    return (
      call === "ping" || call === "rollback" || (this.server.capabilities.reset === "round-trip" && call !== "close")
    );
  }

  #abort(): void {
    const withSignal = [...this.#pending].filter(({ controller }) => controller !== undefined);
    this.#pick(withSignal)?.controller?.abort(new Error("enough"));
  }

  #releaseSomehow(): void {
    const lent = this.#pick([...this.#lent]);
    if (lent === undefined) return;
    const { connection } = lent;
    const roll = this.#random();
    if (roll < 0.15) connection.txStatus = this.#pick(["active", "failed", "unknown"] as const);
    if (roll > 0.95) this.#release(lent, { error: "dead" });
    else if (roll > 0.85) this.#release(lent, { error: "suspect" });
    else this.#release(lent, { dirty: roll > 0.1 && roll < 0.25 });
  }

  #release(lent: Lent, outcome: ReleaseOutcome): void {
    const { connection, lease } = lent;
    const memory = this.#memoryOf(connection);
    if (outcome.error === "suspect") memory.suspectAtCall = connection.calls.length;
    if (outcome.dirty === true || this.options.reset === "always") memory.dirtyAtCall = connection.calls.length;
    this.#lent.delete(lent);
    // Of one that had died before, the pool has heard already.
    if (outcome.error === "dead" && connection.usable) this.#doubtAll();
    lease.release(outcome);
    this.#expect(outcome.error !== "dead" || connection.state === "destroyed", "a dead connection was kept");
    for (const misuse of [() => lease.release(), () => lease.destroy(), () => lease.connection]) {
      let thrown = false;
      try {
        misuse();
      } catch {
        thrown = true;
      }
      this.#expect(thrown, "a lease can be used after its release");
    }
  }

  #releaseLate(): void {
    this.#revoked.shift()?.lease.release({ error: this.#pick(["ok", "dead", "suspect"] as const) });
  }

  #destroy(): void {
    const lent = this.#pick([...this.#lent]);
    if (lent === undefined) return;
    this.#lent.delete(lent);
    lent.lease.destroy();
    this.#expect(lent.connection.state === "destroyed", "a destroyed lease kept its connection");
  }

  #die(): void {
    const connection = this.#pick(this.server.open.filter(({ usable, onFatal }) => usable && onFatal !== null));
    if (connection === undefined) return;
    // First, since its replacement may be there at once.
    this.#doubtAll();
    connection.die();
  }

  #changeConnects(): void {
    this.server.connects = this.#chance(0.3) ? "ok" : this.#behaviour();
    this.server.connectMs = this.#pick([0, 20, 700] as const);
  }

  #changeBehaviour(): void {
    if (this.#chance(0.3)) this.server.pings = this.#chance(0.3) ? undefined : this.#behaviour();
    const connection = this.#pick(this.server.open);
    if (connection === undefined) return;
    connection.pings = this.#behaviour();
    connection.closes = this.#behaviour();
    connection.resets = this.#behaviour();
    connection.rollbacks = this.#behaviour();
  }

  #heal(): void {
    this.server.connects = "ok";
    this.server.connectMs = 0;
    this.server.pings = "ok";
    while (this.server.pendingConnects > 0) this.server.release();
  }

  #evict(): void {
    for (const connection of this.server.open) this.#memoryOf(connection).evicted = true;
    this.pool.evict();
  }

  async #suspend(): Promise<void> {
    this.#doubtAll();
    this.clock.sleep(60_000);
    await this.clock.advance(2);
  }

  #doubtAll(): void {
    for (const connection of this.server.open) this.#memoryOf(connection).suspectAtCall ??= connection.calls.length;
  }

  /** Ends what is over, so that the model stays as small as the pool. */
  #prune(): void {
    for (const lent of this.#lent) {
      if (lent.connection.state !== "destroyed") continue;
      this.#lent.delete(lent);
      this.#revoked.push(lent);
    }
    const { connections } = this.server;
    for (let index = connections.length - 1; index >= 0; index--) {
      const connection = connections[index];
      if (connection === undefined || connection.state === "open" || connection.state === "closing") continue;
      this.#expect(connection.onFatal === null, "a listener is left on a connection that is gone");
      connections.splice(index, 1);
    }
  }

  #leave(asked: Asked): void {
    this.#expect(this.#pending.delete(asked), "an acquire settled twice");
    const { controller } = asked;
    if (controller === undefined) return;
    this.#expect(getEventListeners(controller.signal, "abort").length === 0, "a listener is left on a signal");
  }

  /** Nobody, somebody new, or somebody inside the scope of one who holds a connection. */
  #holder(): Holder | undefined {
    const roll = this.#random();
    if (roll < 0.4) return undefined;
    return new Holder(roll < 0.6 ? undefined : this.#pick([...this.#lent])?.holder);
  }

  /** By definition: every connection is held by a scope that itself waits, or has a scope inside that waits. */
  #deadlocked(pending: readonly Asked[]): boolean {
    if (this.#lent.size < this.options.max) return false;
    return [...this.#lent].every(
      ({ holder }) => holder !== undefined && pending.some((asked) => isInside(asked.holder, holder)),
    );
  }

  #memoryOf(connection: FakeConnection): Memory {
    let memory = this.#memories.get(connection);
    if (memory === undefined) {
      memory = { suspectAtCall: undefined, dirtyAtCall: undefined, evicted: false };
      this.#memories.set(connection, memory);
    }
    return memory;
  }

  #behaviour(): Behaviour {
    return this.#pick<Behaviour>(["ok", "hang", this.#pick(errors)]);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(from: readonly [T, ...T[]]): T;
  #pick<T>(from: readonly T[]): T | undefined;
  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.#below(from.length)];
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) throw new Error(otherwise);
  }
}

function isInside(scope: Holder | undefined, outer: Holder): boolean {
  for (let at = scope; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}

function kindOf(
  error: MdbError,
): "timeouts" | "cancelled" | "queueFull" | "deadlock" | "overloaded" | "closed" | "down" {
  if (error instanceof PoolTimeoutError) return "timeouts";
  if (error instanceof CancelledError) return "cancelled";
  if (error instanceof PoolQueueFullError) return "queueFull";
  if (error instanceof PoolDeadlockError) return "deadlock";
  if (error instanceof PoolOverloadedError) return "overloaded";
  if (error instanceof PoolClosedError) return "closed";
  // A connection that is lost while it is opened is an error of connecting, too.
  if (error instanceof ConnectError || error instanceof ConnectionLostError) return "down";
  throw error;
}
