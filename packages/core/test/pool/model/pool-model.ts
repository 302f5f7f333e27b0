import { getEventListeners } from "node:events";
import { PoolTimeoutError } from "../../../src/errors/index.ts";
import { type ConnectionBudget, Pool, type PoolOptions } from "../../../src/pool/index.ts";
import { FakeClock, settled } from "../fake-clock.ts";
import { FakeServer } from "../fake-server.ts";
import { Chance, expectThat } from "./chance.ts";
import { checkPromises } from "./checks.ts";
import { Operations } from "./operations.ts";
import { Shadow } from "./shadow.ts";

const deadlockPatienceMs = 300;

/** What a modelled pool has in common with others. */
export interface Company {
  readonly clock: FakeClock;
  readonly budget: ConnectionBudget;
}

/** A small model of a pool beside the real one. Each step does one random thing to it; then every promise is checked. */
export class PoolModel {
  readonly pool: Pool;
  readonly options: PoolOptions;
  /** The last operations. */
  readonly trace: string[] = [];
  readonly #clock: FakeClock;
  readonly #isAlone: boolean;
  readonly #server: FakeServer;
  readonly #chance: Chance;
  readonly #shadow: Shadow;
  readonly #operations: Operations;
  readonly #max: number;
  readonly #maxQueue: number;

  /** @param company - absent for a pool that is alone on its clock, with a bound of its own only */
  constructor(seed: number, company?: Company) {
    const chance = new Chance(seed);
    const clock = company?.clock ?? new FakeClock();
    this.#clock = clock;
    this.#isAlone = company === undefined;
    const max = 1 + chance.below(5);
    const maxQueue = chance.hits(0.3) ? 5 : 40;
    const acquireTimeoutMs = 500 + chance.below(3_000);
    // Waiting for what others have looks like overload to a pool that watches for it.
    const shedding = company === undefined ? {} : { shedding: "off" as const };
    this.options = { ...randomOptions(chance, max), ...shedding, max, maxQueue, acquireTimeoutMs };
    const reset = chance.pick(["round-trip", "deferred", "none"] as const);
    const server = new FakeServer(clock, { capabilities: { reset } });
    server.canPing = chance.hits(0.8);
    server.honoursAbort = chance.hits(0.7);
    const pool = new Pool(server, this.options, { clock, random: chance.next, budget: company?.budget });
    const shadow = new Shadow(server, clock);
    const resetsAlways = this.options.reset === "always";
    this.#operations = new Operations({ pool, server, clock, shadow, chance, max, acquireTimeoutMs, resetsAlways });
    this.pool = pool;
    this.#chance = chance;
    this.#server = server;
    this.#shadow = shadow;
    this.#max = max;
    this.#maxQueue = maxQueue;
  }

  /** Connections that its server knows of. */
  get physical(): number {
    return this.#server.open.length + this.#server.pendingConnects;
  }

  /** Whether its server ends what it is told to end. */
  get honoursAbort(): boolean {
    return this.#server.honoursAbort;
  }

  /** One random operation, and every check. */
  async step(): Promise<void> {
    const [name, act] = this.#operations.choose();
    this.trace.push(name);
    if (this.trace.length > 60) this.trace.shift();
    await act();
    await settled();
    this.check();
  }

  /** With a healthy server and nobody holding anything, everybody who waits is served and the pool is as good as new. */
  async recover(): Promise<void> {
    this.trace.push("recover");
    // Longer than any pause the pool makes: 30 s after "too many connections".
    for (let round = 0; round < 35; round++) {
      this.calm();
      await this.#clock.advance(1_000);
    }
    await this.expectGood();
  }

  /** The server is well, and everybody gives back what he has. */
  calm(): void {
    this.#operations.heal();
    for (const one of [...this.#shadow.lent]) this.#operations.release(one, {});
    for (const connection of this.#server.open) {
      connection.closes = connection.resets = connection.rollbacks = connection.pings = "ok";
    }
  }

  /** Nobody waits, and everything that there may be can be had. */
  async expectGood(): Promise<void> {
    const { pool } = this;
    const { pending, seen } = this.#shadow;
    this.check();
    expectThat(pending.size === 0, "somebody still waits at a healthy, unused pool");
    if (!this.#isAlone) return;
    // The first one stands in for all when the pool was down.
    (await pool.acquire()).release();
    await settled();
    const taking = Promise.all(Array.from({ length: this.#max }, () => pool.acquire()));
    await this.#clock.advance(400);
    const leases = await taking;
    seen.acquired += 1 + leases.length;
    const distinct = new Set(leases.map(({ connection }) => connection));
    expectThat(distinct.size === this.#max, "a healthy pool does not lend max connections");
    for (const lease of leases) lease.release();
    await settled();
    this.check();
  }

  /** Somebody who asks gets a connection, by and by: others may have to make room, and a server that had failed is asked after a pause. */
  async expectServes(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      let isServed = false;
      const acquired = this.pool.acquire().then(
        (lease) => {
          isServed = true;
          this.#shadow.seen.acquired++;
          lease.release();
        },
        (error: unknown) => {
          if (!(error instanceof PoolTimeoutError)) throw error;
          this.#shadow.seen.timeouts++;
        },
      );
      await this.#clock.advance(5_000);
      await acquired;
      if (isServed) return;
    }
    throw new Error("a healthy pool is not served by an unused budget");
  }

  /** Closes the pool in whatever state it is, and looks for anything left behind. */
  async finish(): Promise<void> {
    const { pool } = this;
    const { lent, pending } = this.#shadow;
    this.trace.push("close");
    const signals = [...pending].flatMap(({ controller }) => (controller === undefined ? [] : [controller.signal]));
    const held = lent.size;
    const closing = pool.close({ timeoutMs: this.#chance.below(2_000) }).then((result) => {
      expectThat(pool.stats().total === 0, "close is done before all connections are gone");
      return result;
    });
    const again = pool.close();
    await settled();
    expectThat(pending.size === 0, "somebody still waits at a closed pool");
    this.#operations.acquire();
    await settled();
    expectThat(pending.size === 0, "a closed pool lets somebody wait");
    for (const one of [...lent]) if (this.#chance.hits(0.5)) this.#operations.release(one, {});
    await this.#clock.advance(10_000);
    const { destroyed } = await closing;
    expectThat((await again).destroyed === destroyed, "two calls of close disagree");
    expectThat(destroyed <= held, "more connections were cut than lent");
    while (this.#server.pendingConnects > 0) this.#server.release();
    await settled();
    const { total, waiting } = pool.stats();
    expectThat(total === 0 && waiting === 0, "something is left after close");
    expectThat(!this.#isAlone || this.#clock.timers === 0, `${this.#clock.timers} timers are left after close`);
    expectThat(this.#server.open.length === 0, "a connection is left open");
    for (const { onFatal } of this.#server.connections) expectThat(onFatal === null, "a listener is left");
    for (const signal of signals) {
      expectThat(getEventListeners(signal, "abort").length === 0, "a listener is left on a signal");
    }
    for (const one of lent) one.lease.release();
  }

  /** Every promise that can be seen from outside. @throws Error naming the broken one */
  check(): void {
    checkPromises({
      pool: this.pool,
      server: this.#server,
      clock: this.#clock,
      shadow: this.#shadow,
      max: this.#max,
      maxQueue: this.#maxQueue,
      deadlockPatienceMs,
      isAlone: this.#isAlone,
    });
    this.#shadow.servedNow = [];
  }
}

/** Short times, so that a few thousand steps see all of them pass. */
function randomOptions(chance: Chance, max: number): PoolOptions {
  return {
    min: chance.hits(0.5) ? 0 : chance.below(max + 1),
    connectTimeoutMs: 400 + chance.below(1_500),
    idleTimeoutMs: chance.hits(0.5) ? 2_000 : Number.POSITIVE_INFINITY,
    maxLifetimeMs: chance.hits(0.5) ? 5_000 : Number.POSITIVE_INFINITY,
    maxUses: chance.hits(0.3) ? 5 : Number.POSITIVE_INFINITY,
    validateAfterIdleMs: chance.hits(0.3) ? 0 : 300,
    validateTimeoutMs: 200,
    keepaliveMs: chance.hits(0.5) ? 1_500 : Number.POSITIVE_INFINITY,
    shedding: chance.hits(0.4) ? { targetMs: 50, intervalMs: 200 } : chance.pick(["deadline", "off"] as const),
    holdLimitMs: chance.hits(0.3) ? 3_000 : 0,
    backoff: { authenticationInitialMs: 200, authenticationMaxMs: 1_000 },
    deadlockPatienceMs,
    closeTimeoutMs: 300,
    drainTimeoutMs: 1_000,
    reset: chance.hits(0.2) ? "always" : "auto",
  };
}
