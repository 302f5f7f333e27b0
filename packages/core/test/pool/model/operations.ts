import type { Holder, Pool, ReleaseOutcome } from "../../../src/pool/index.ts";
import type { FakeClock } from "../fake-clock.ts";
import { type Behaviour, FakeDriverError, type FakeServer } from "../fake-server.ts";
import { TestScope } from "../test-scope.ts";
import { type Chance, expectThat } from "./chance.ts";
import type { Lent, Shadow } from "./shadow.ts";

/** What the operations work on. */
export interface Scene {
  readonly pool: Pool;
  readonly server: FakeServer;
  readonly clock: FakeClock;
  readonly shadow: Shadow;
  readonly chance: Chance;
  readonly max: number;
  readonly acquireTimeoutMs: number;
  readonly resetsAlways: boolean;
}

/** One thing that can happen. */
export type Operation = readonly [name: string, act: () => void | Promise<void>];

/** What may go wrong with a server. Made once: a stack for each would take most of the time. */
const errors: readonly [Error, ...Error[]] = [
  new FakeDriverError("refused"),
  new FakeDriverError("lost"),
  new FakeDriverError("auth", { retry: "never" }),
  new FakeDriverError("too-many-connections"),
];

/** What callers, the server, the network and the machine do to a pool. */
export class Operations {
  readonly #scene: Scene;
  #order = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** One of them, at random. */
  choose(): Operation {
    const { chance, clock, server } = this.#scene;
    const roll = chance.next();
    if (roll < 0.3) return ["acquire", () => this.acquire()];
    if (roll < 0.35) return ["tryAcquire", () => this.#tryAcquire()];
    if (roll < 0.4) return ["abort", () => this.#abort()];
    if (roll < 0.62) return ["release", () => this.#releaseSomehow()];
    if (roll < 0.63) return ["destroy", () => this.#destroy()];
    if (roll < 0.66) return ["die", () => this.#die()];
    if (roll < 0.79) return ["tick", () => clock.advance(chance.below(chance.hits(0.1) ? 1_500 : 60))];
    if (roll < 0.8) return ["release late", () => this.#releaseAfterBlock()];
    if (roll < 0.85) return ["connect ends", () => server.release(chance.hits(0.6) ? undefined : chance.pick(errors))];
    if (roll < 0.9) return ["connects change", () => this.#changeConnects()];
    if (roll < 0.95) return ["behaviour changes", () => this.#changeBehaviour()];
    if (roll < 0.98) return ["heal", () => this.heal()];
    if (roll < 0.985) return ["evict", () => this.#evict()];
    if (roll < 0.995) return ["suspend", () => this.#suspend()];
    return ["late release", () => this.#releaseLate()];
  }

  acquire(): void {
    const { acquireTimeoutMs, chance, clock, max, pool, server, shadow } = this.#scene;
    const holder = this.#holder();
    const controller = chance.hits(0.4) ? new AbortController() : undefined;
    if (controller !== undefined && chance.hits(0.05)) controller.abort();
    const ownMs = chance.hits(0.3) ? chance.below(1_500) - 20 : Number.POSITIVE_INFINITY;
    const fresh = chance.hits(0.08) && max > 1;
    const deadline = clock.now() + Math.min(ownMs, acquireTimeoutMs);
    shadow.follow(
      { order: this.#order++, fresh, lastBefore: server.made, deadline, controller, holder },
      pool.acquire({
        holder,
        fresh,
        signal: controller?.signal,
        deadline: Number.isFinite(ownMs) ? clock.now() + ownMs : undefined,
      }),
    );
  }

  release(lent: Lent, outcome: ReleaseOutcome): void {
    const { resetsAlways, shadow } = this.#scene;
    const { connection, lease } = lent;
    const memory = shadow.memoryOf(connection);
    if (outcome.error === "suspect") memory.suspectAtCall = connection.calls.length;
    if (outcome.dirty === true || resetsAlways) memory.dirtyAtCall = connection.calls.length;
    shadow.lent.delete(lent);
    // Of one that had died before, the pool has heard already.
    if (outcome.error === "dead" && connection.usable) shadow.doubtAll();
    lease.release(outcome);
    expectThat(outcome.error !== "dead" || connection.state === "destroyed", "a dead connection was kept");
    for (const misuse of [() => lease.release(), () => lease.destroy(), () => lease.connection]) {
      expectThat(throws(misuse), "a lease can be used after its release");
    }
  }

  /** The server is well again, and answers what it was asked. */
  heal(): void {
    const { server } = this.#scene;
    server.connects = "ok";
    server.connectMs = 0;
    server.pings = "ok";
    while (server.pendingConnects > 0) server.release();
  }

  #tryAcquire(): void {
    const { pool, shadow } = this.#scene;
    const holder = this.#holder();
    const waiting = shadow.pending.size;
    const lease = pool.tryAcquire(holder);
    if (lease === undefined) return;
    expectThat(waiting === 0, "tryAcquire barged in before those who wait");
    shadow.begin(lease, holder);
  }

  #abort(): void {
    const { chance, shadow } = this.#scene;
    const withSignal = [...shadow.pending].filter(({ controller }) => controller !== undefined);
    chance.pick(withSignal)?.controller?.abort(new Error("enough"));
  }

  #releaseSomehow(): void {
    const { chance, shadow } = this.#scene;
    const lent = chance.pick([...shadow.lent]);
    if (lent === undefined) return;
    const roll = chance.next();
    if (roll < 0.15) lent.connection.txStatus = chance.pick(["active", "failed", "unknown"] as const);
    if (roll > 0.95) this.release(lent, { error: "dead" });
    else if (roll > 0.85) this.release(lent, { error: "suspect" });
    else this.release(lent, { dirty: roll > 0.1 && roll < 0.25 });
  }

  /** The process was busy, so what comes back comes before the timers that were due. */
  async #releaseAfterBlock(): Promise<void> {
    const { chance, clock } = this.#scene;
    clock.block(chance.below(400));
    this.#releaseSomehow();
    await clock.advance(0);
  }

  /** Its connection was taken from it meanwhile: that must change nothing. */
  #releaseLate(): void {
    const { chance, shadow } = this.#scene;
    shadow.revoked.shift()?.lease.release({ error: chance.pick(["ok", "dead", "suspect"] as const) });
  }

  #destroy(): void {
    const { chance, shadow } = this.#scene;
    const lent = chance.pick([...shadow.lent]);
    if (lent === undefined) return;
    shadow.lent.delete(lent);
    lent.lease.destroy();
    expectThat(lent.connection.state === "destroyed", "a destroyed lease kept its connection");
  }

  #die(): void {
    const { chance, server, shadow } = this.#scene;
    const connection = chance.pick(server.open.filter(({ usable, onFatal }) => usable && onFatal !== null));
    if (connection === undefined) return;
    // First, since its replacement may be there at once.
    shadow.doubtAll();
    connection.die();
  }

  #changeConnects(): void {
    const { chance, server } = this.#scene;
    server.connects = chance.hits(0.3) ? "ok" : this.#behaviour();
    server.connectMs = chance.pick([0, 20, 700] as const);
  }

  #changeBehaviour(): void {
    const { chance, server } = this.#scene;
    if (chance.hits(0.3)) server.pings = chance.hits(0.3) ? undefined : this.#behaviour();
    const connection = chance.pick(server.open);
    if (connection === undefined) return;
    connection.pings = this.#behaviour();
    connection.closes = this.#behaviour();
    connection.resets = this.#behaviour();
    connection.rollbacks = this.#behaviour();
  }

  #evict(): void {
    const { pool, server, shadow } = this.#scene;
    for (const connection of server.open) shadow.memoryOf(connection).evicted = true;
    pool.evict();
  }

  async #suspend(): Promise<void> {
    const { clock, shadow } = this.#scene;
    shadow.doubtAll();
    clock.sleep(60_000);
    await clock.advance(2);
  }

  /** Nobody, somebody new, or somebody inside the scope of one who holds a connection or waits for one. */
  #holder(): Holder | undefined {
    const { chance, shadow } = this.#scene;
    const roll = chance.next();
    if (roll < 0.35) return undefined;
    if (roll < 0.55) return new TestScope();
    return new TestScope(chance.pick([...(roll < 0.8 ? shadow.lent : shadow.pending)])?.holder);
  }

  #behaviour(): Behaviour {
    const { chance } = this.#scene;
    return chance.pick<Behaviour>(["ok", "hang", chance.pick(errors)]);
  }
}

function throws(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
