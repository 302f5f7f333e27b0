import {
  connectionBudget,
  DatabaseManager,
  defineDatabase,
  type MdbError,
  type RoutedDatabase,
  type Session,
} from "@nsj/mdb-core";
import { type Place, type TenantDatabase, type Tenants, tenants } from "@nsj/mdb-tenants";
import { describe, expect, it } from "vitest";
import { type SmallServer, smallServer } from "./support/small-driver.ts";
import { settled, TestClock } from "./support/test-clock.ts";

/** `MDB_TENANTS_STEPS=10000` makes every seed as long as that; `MDB_TENANTS_SEEDS=7` or `1-100` says which. */
const steps = Number(process.env["MDB_TENANTS_STEPS"] ?? 500);
const [from = 1, to = from] = (process.env["MDB_TENANTS_SEEDS"] ?? "1-100").split("-").map(Number);
const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index);
const perGroup = Math.ceil(seeds.length / 10);
const groups = Array.from({ length: Math.ceil(seeds.length / perGroup) }, (_, index) =>
  seeds.slice(index * perGroup, (index + 1) * perGroup),
);
const most = 6;
const count = 40;
/** Sessions that are held at a time: fewer than there are connections anywhere, so that nobody may find all of them at a standstill. */
const mostSessions = 2;
const mostHeld = 8;
/** Work under way at a time; with more, the steps would only make queues longer. */
const mostRunning = 40;

/** What may become of work while connections die, places change and everybody wants more than there is. */
const expected = new Set([
  "MDB_CONNECTION_LOST",
  "MDB_COMMIT_OUTCOME_UNKNOWN",
  "MDB_POOL_TIMEOUT",
  "MDB_TENANT_UNAVAILABLE",
  "MDB_TRANSACTION_ABORTED",
]);

/** What becomes of a statement on a session that is closed meanwhile. */
const endings = new Set(["MDB_SESSION_CLOSED", "MDB_TRANSACTION_CLOSED", "MDB_CANCELLED"]);

describe("tenants under random use", () => {
  it.each(groups)(
    "never see each other, exceed the budget, or lose what they hold, with seeds from %i",
    { timeout: Math.max(240_000, steps * perGroup * 20) },
    async (...group) => {
      let served = 0;
      for (const seed of group) {
        const play = new Play(seed);
        served += await play.run().catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
        });
      }
      expect(served).toBeGreaterThan(0);
    },
  );
});

/** A random number from 0 to below 1, repeatable. */
function chanceOf(seed: number): () => number {
  let state = seed * 7_919;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One seed: 40 tenants on six connections, some of them in a shared pool. */
class Play {
  readonly #chance: () => number;
  readonly #clock = new TestClock();
  readonly #server: SmallServer;
  readonly #budget = connectionBudget({ max: most });
  readonly #shops: Tenants;
  readonly #manager: DatabaseManager;
  readonly #shop: RoutedDatabase;
  readonly #places = new Map<string, Place>();
  readonly #held = new Set<{ readonly id: string; readonly what: Session | TenantDatabase; end(): Promise<void> }>();
  readonly #running = new Set<Promise<void>>();
  #sessions = 0;
  #served = 0;
  #broken: unknown;
  #moves = 0;

  constructor(seed: number) {
    const chance = chanceOf(seed);
    this.#chance = chance;
    this.#server = smallServer(this.#clock, { connectMs: () => chance() * 4, queryMs: () => chance() * 6 });
    for (let index = 0; index < count; index++) this.#move(`t${index}`);
    this.#shops = tenants({
      driver: this.#server.driver,
      budget: this.#budget,
      open: 15,
      idleMs: 400,
      refreshMs: 300,
      drainTimeoutMs: 2_000,
      move: chance() < 0.5 ? "overlap" : "stop",
      perTenant: { connections: 3 },
      resolve: async (id) => {
        await new Promise<void>((resolve) => void this.#clock.setTimer(resolve, chance() * 5));
        return this.#places.get(id);
      },
    });
    const shared = defineDatabase(this.#server.driver, { name: "shared", pool: { max: 3, acquireTimeoutMs: 3_000 } });
    const manager = new DatabaseManager({ shared, shop: this.#shops }, { clock: this.#clock, random: chance });
    this.#manager = manager as unknown as DatabaseManager;
    this.#shop = manager.database("shop");
    this.#server.peakBeside("shared");
  }

  /** Gives how many statements were answered. */
  async run(): Promise<number> {
    for (let step = 0; step < steps; step++) {
      this.#act();
      await (this.#chance() < 0.5 ? settled() : this.#clock.advance(this.#chance() * 8));
      for (let round = 0; this.#running.size > mostRunning; round++) {
        if (round > 1_000) throw new Error(`${this.#running.size} calls stand still`);
        await this.#clock.advance(20);
      }
      this.#check();
      if (step % 25 === 0) this.#checkSums();
    }
    for (let round = 0; round < 40 && this.#running.size + this.#held.size > 0; round++) {
      for (const held of this.#held) await held.end();
      await this.#clock.advance(500);
    }
    expect(this.#running.size, "everything settles").toBe(0);
    await this.#clock.advance(2_000);
    this.#check();
    this.#checkSums();
    const left = [...this.#places.keys()].flatMap((id) => this.#shops.stats(id) ?? []);
    expect(
      left.map(({ pool, ...it }) => it),
      "what nobody uses is closed",
    ).toEqual([]);
    const closing = this.#manager.close();
    await this.#clock.advance(1_000);
    await closing;
    expect(this.#server.open).toBe(0);
    expect(this.#clock.timers).toBe(0);
    return this.#served;
  }

  #act(): void {
    const id = this.#chance() < 0.3 ? "t0" : `t${this.#below(count)}`;
    const dice = this.#chance();
    if (dice < 0.03) this.#follow("shared", () => this.#sees("shared", this.#manager.database("shared")));
    else if (dice < 0.45) this.#follow(id, () => this.#shops.run(id, () => this.#sees(id, this.#shop)));
    else if (dice < 0.65)
      this.#follow(id, () => this.#shops.run(id, () => this.#shop.transaction(() => this.#twice(id))));
    else if (dice < 0.72) this.#follow(id, () => this.#hold(id, dice < 0.69));
    else if (dice < 0.8) this.#useHeld();
    else if (dice < 0.86) this.#endHeld();
    else if (dice < 0.9) this.#server.killOne((living) => this.#below(living));
    else if (dice < 0.96) {
      this.#move(id);
      if (dice < 0.93) this.#follow(id, () => this.#shops.refresh(id));
    } else
      this.#follow(id, () =>
        this.#shops.run("t1", () => this.#shops.run(id, () => this.#sees(id, this.#shop), { switch: true })),
      );
  }

  async #twice(id: string): Promise<void> {
    await this.#sees(id, this.#shop);
    await this.#shop.transaction(() => this.#sees(id, this.#shop));
  }

  async #sees(id: string, executor: Pick<RoutedDatabase, "queryScalar">): Promise<void> {
    const name = await executor.queryScalar<string>("select name");
    this.#served++;
    if (name.split("@")[0] !== id) throw new Error(`tenant ${id} saw ${name}`);
  }

  async #hold(id: string, isSession: boolean): Promise<void> {
    if (isSession ? this.#sessions >= mostSessions : this.#held.size >= mostHeld) return;
    if (isSession) this.#sessions++;
    const opening = isSession ? this.#shops.run(id, () => this.#shop.getSession()) : this.#shops.use(id);
    const what = await opening.catch((error: unknown) => {
      if (isSession) this.#sessions--;
      throw error;
    });
    const held = { id, what, end: async () => this.#end(held) };
    this.#held.add(held);
  }

  #useHeld(): void {
    const held = [...this.#held][this.#below(this.#held.size)];
    if (held !== undefined)
      this.#follow(
        held.id,
        () => this.#sees(held.id, held.what),
        () => !this.#held.has(held),
      );
  }

  #endHeld(): void {
    const held = [...this.#held][this.#below(this.#held.size)];
    if (held !== undefined) void held.end();
  }

  async #end(held: { readonly what: Session | TenantDatabase }): Promise<void> {
    this.#held.delete(held as never);
    const isSession = !("tenant" in held.what);
    this.#follow("", async () => {
      await held.what[Symbol.asyncDispose]();
      if (isSession) this.#sessions--;
    });
  }

  #move(id: string): void {
    const isShared = this.#chance() < 0.2;
    const name = `${id}@${this.#moves++}`;
    this.#places.set(
      id,
      isShared
        ? { on: "shared", settings: { tenant: name } }
        : defineDatabase(this.#server.driver, { name, pool: { acquireTimeoutMs: 3_000 } }),
    );
  }

  #follow(id: string, work: () => Promise<unknown>, isEnded = () => false): void {
    const running = work().then(
      () => {},
      (error: MdbError) => {
        if (expected.has(error.code) || (isEnded() && endings.has(error.code))) return;
        this.#broken ??= new Error(`${id}: ${String(error)}`, { cause: error });
      },
    );
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  #check(): void {
    if (this.#broken !== undefined) throw this.#broken;
    const { used } = this.#budget.stats();
    // Also between two steps.
    const peak = Math.max(used, this.#server.peakBeside("shared"));
    if (peak > most) throw new Error(`${peak} connections are over the budget of ${most}`);
    const { total } = this.#manager.database("shared").stats();
    if (this.#server.open > used + total)
      throw new Error(`the server has ${this.#server.open}, ${used} and ${total} are known`);
  }

  #checkSums(): void {
    const { tenants: counts, pools } = this.#shops.stats();
    const { used } = this.#budget.stats();
    if (counts.open > 0 && pools.total > used)
      throw new Error(`the pools have ${pools.total}, the budget counts ${used}`);
  }

  #below(limit: number): number {
    return Math.floor(this.#chance() * limit);
  }
}
