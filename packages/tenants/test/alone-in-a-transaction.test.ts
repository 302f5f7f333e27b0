import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresDriver } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, defineDatabase, PermissionError, UndefinedObjectError } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { cutOff } from "./support/cut-off.ts";
import { LoneTenants } from "./support/lone-tenants.ts";
import { errorOf } from "./support/shops.ts";

let bed: LoneTenants;
beforeAll(async () => {
  bed = await LoneTenants.start(["acme", "bolt", "elsewhere"]);
});
afterAll(() => bed.stop());
beforeEach(async () => {
  bed.reset();
  await bed.in("control", (it) => it.execute("delete from mdb_members"));
});

let lastId = 0;
const insert = (id: number): string => `insert into t values (${id})`;
type Open = ReturnType<LoneTenants["open"]>;

/** One row in each of two databases, and whatever else is to happen. */
function both({ shops, manager }: Open, tenant: string, id: number, more = async (): Promise<unknown> => undefined) {
  return shops.run(tenant, () =>
    manager.transaction(["control", "shop"], async ({ control, shop }) => {
      await control.execute(insert(id));
      await shop.execute(insert(id));
      await more();
    }),
  );
}

describe("a tenant with a database of its own in an atomic transaction", () => {
  it("commits with the others, is noted before and is not afterwards", async () => {
    const open = bed.open();
    const id = ++lastId;
    await both(open, "acme", id, async () => expect(await bed.notes()).toBe(1));
    expect(await bed.rows("acme")).toContain(id);
    expect(await bed.rows("control")).toContain(id);
    const branches = await open.control.queryScalar<string>(
      "select branches from mdb_decisions order by id desc limit 1",
    );
    expect(JSON.parse(branches)).toMatchObject([{ label: "shop", key: "acme" }]);
    await open.manager.close();
    expect(await bed.notes()).toBe(0);
  });

  it("rolls back with the others, and leaves no note", async () => {
    const open = bed.open();
    const id = ++lastId;
    expect(await errorOf(() => both(open, "acme", id, () => Promise.reject(new Error("no more"))))).toMatchObject({
      message: "no more",
    });
    await open.manager.close();
    expect([await bed.rows("acme"), await bed.rows("control")].flat()).not.toContain(id);
    expect(await bed.notes()).toBe(0);
  });

  it("goes on in the place where it began when the tenant moves meanwhile", async () => {
    const open = bed.open();
    const id = ++lastId;
    await both(open, "acme", id, async () => {
      bed.places.set("acme", bed.own("elsewhere"));
      await open.shops.refresh("acme");
    });
    expect(await bed.rows("acme")).toContain(id);
    expect(await bed.rows("elsewhere")).not.toContain(id);
    await open.manager.close();
    expect(await bed.notes()).toBe(0);
  });

  it("does not need a second connection of the decider while it holds one", async () => {
    const shops = tenants({ driver: postgresDriver, resolve: (tenant) => bed.places.get(tenant) });
    const manager = new DatabaseManager({ control: bed.own("control", { max: 1 }), shop: shops });
    onTestFinished(() => manager.close({ timeoutMs: 0 }));
    const ids = Array.from({ length: 4 }, () => ++lastId);
    await Promise.all(ids.map((id) => both({ shops, manager } as unknown as Open, "acme", id)));
    expect(await bed.rows("acme")).toEqual(expect.arrayContaining(ids));
  });

  it("has its decision in a SQLite file, which takes one writer at a time", async () => {
    const directory = mkdtempSync(join(tmpdir(), "mdb-lone-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const shops = tenants({ driver: postgresDriver, resolve: (tenant) => bed.places.get(tenant) });
    const manager = new DatabaseManager({ control: sqlite({ filename: join(directory, "c.db") }), shop: shops });
    onTestFinished(() => manager.close({ timeoutMs: 0 }));
    await manager.database("control").execute("create table t (id int)");
    await manager.prepareStore("control");
    const id = ++lastId;
    await both({ shops, manager } as unknown as Open, "acme", id);
    expect(await bed.rows("acme")).toContain(id);
    expect(await manager.database("control").queryScalar("select count(*) from mdb_decisions")).toBe(1);
    expect((await manager.recover()).unreachable).toEqual([]);
    expect(await manager.database("control").queryScalar("select count(*) from mdb_members")).toBe(0);
  });

  it("is refused by name where nobody can be noted, before anything is begun", async () => {
    const open = bed.open();
    await bed.in("control", (it) => it.execute("alter table mdb_members rename to mdb_members_away"));
    let isRun = false;
    const refused = await errorOf(() =>
      open.shops.run("acme", () =>
        open.manager.transaction(["control", "shop"], async () => {
          isRun = true;
        }),
      ),
    );
    await bed.in("control", (it) => it.execute("alter table mdb_members_away rename to mdb_members"));
    expect(refused).toBeInstanceOf(UndefinedObjectError);
    expect(refused.message).toContain('prepareStore("control")');
    expect(isRun).toBe(false);
    expect(open.shops.stats("acme")).toMatchObject({ uses: 0 });
  });

  it("says which rights are missing where the user may not note anybody", async () => {
    await bed.in("control", async (it) => {
      await it.execute("create role poor login password 'poor'");
      await it.execute("grant select, insert, delete on mdb_store, mdb_decisions, t to poor");
    });
    const shops = tenants({ driver: postgresDriver, resolve: (tenant) => bed.places.get(tenant) });
    const control = bed.own("control", {}, { user: "poor", password: "poor" });
    const manager = new DatabaseManager({ control, shop: shops });
    onTestFinished(() => manager.close({ timeoutMs: 0 }));
    const refused = await errorOf(() => both({ shops, manager } as unknown as Open, "acme", ++lastId));
    expect(refused).toBeInstanceOf(PermissionError);
    expect(refused.message).toContain("grant select, insert and delete on mdb_members");
  });
});

describe("what a process has left in a tenant's own database", () => {
  it.each([
    [undefined, "rolled back"],
    ["C", "committed"],
    ["R", "rolled back"],
  ] as const)("is ended by one that has never opened the tenant: decided %s, it is %s", async (decided, end) => {
    const { manager, shops } = bed.open();
    const id = ++lastId;
    const transaction = await bed.left("acme", { id, ...(decided && { decided }) });
    expect(await manager.inDoubt()).toMatchObject([
      { id: transaction, label: "shop", key: "acme", decision: decided === undefined ? "undecided" : end },
    ]);
    const round = await manager.recover();
    expect(round).toMatchObject({
      branches: [{ label: "shop", key: "acme", decision: end, result: "done" }],
      unreachable: [],
    });
    expect((await bed.rows("acme")).includes(id)).toBe(end === "committed");
    expect(await bed.notes()).toBe(0);
    expect(bed.lookups).toEqual(["acme"]);
    expect(shops.stats("acme")).toMatchObject({ uses: 0 });
    expect(await manager.inDoubt()).toEqual([]);
  });

  it("is ended with the others by hand", async () => {
    const { manager } = bed.open();
    const id = ++lastId;
    const transaction = await bed.left("acme", { id });
    await manager.resolve(transaction, "commit", { force: true });
    expect(await bed.rows("acme")).toContain(id);
    expect(await manager.outcome(transaction)).toBe("committed");
    expect(await bed.notes()).toBe(0);
  });

  it("is kept for by a note, and ended by recovery, where the tenant was closed meanwhile", async () => {
    let isAway = true;
    const options = postgresDriver.parseUrl(bed.url("acme"));
    bed.places.set(
      "acme",
      defineDatabase(
        cutOff(postgresDriver, () => isAway),
        options,
      ),
    );
    const open = bed.open({ open: 1, connections: 1 });
    const id = ++lastId;
    await both(open, "acme", id);
    expect(await bed.rows("acme")).not.toContain(id);
    await open.shops.run("bolt", () => open.shop.query("select 1"));
    expect(open.shops.stats("acme")).toBeUndefined();
    isAway = false;
    expect((await open.manager.recover()).branches).toMatchObject([
      { key: "acme", decision: "committed", result: "done" },
    ]);
    expect(await bed.rows("acme")).toContain(id);
    await open.manager.close();
    expect(await bed.notes()).toBe(0);
  });

  it("is looked for under the label of the tenants, and not under another", async () => {
    const { manager } = bed.open();
    await bed.left("acme", { id: ++lastId });
    expect((await manager.recover({ labels: ["control"] })).branches).toEqual([]);
    expect(bed.lookups).toEqual([]);
    expect((await manager.recover({ labels: ["shop"] })).branches).toMatchObject([{ key: "acme", result: "done" }]);
  });

  it("waits, and is told, while nobody knows the tenant", async () => {
    const { manager, shops } = bed.open();
    const id = ++lastId;
    const transaction = await bed.left("acme", { id, decided: "C" });
    bed.places.delete("acme");
    expect(await manager.recover()).toMatchObject({
      branches: [],
      unreachable: [{ label: "shop", key: "acme", error: { code: "MDB_UNKNOWN_TENANT" } }],
    });
    expect(await manager.inDoubt()).toMatchObject([
      {
        id: transaction,
        label: "shop",
        key: "acme",
        engine: "postgres",
        decision: "committed",
        error: { code: "MDB_UNKNOWN_TENANT" },
      },
    ]);
    expect(await bed.notes()).toBe(1);
    bed.places.set("acme", bed.own("acme"));
    await shops.refresh("acme");
    expect((await manager.recover()).unreachable).toEqual([]);
    expect(await bed.rows("acme")).toContain(id);
    expect(await bed.notes()).toBe(0);
  });

  it("is not taken for ended where the tenant has moved", async () => {
    const { manager, shops } = bed.open();
    const id = ++lastId;
    const transaction = await bed.left("acme", { id, decided: "C", ageMs: 30 * 86_400_000 });
    for (const place of [bed.own("elsewhere"), { unavailable: "moving", retryAfterMs: 1 }]) {
      bed.places.set("acme", place);
      await shops.refresh("acme");
      const { branches, unreachable } = await manager.recover();
      expect(branches).toEqual([]);
      expect(unreachable).toMatchObject([{ label: "shop", key: "acme" }]);
      expect(await manager.inDoubt()).toMatchObject([{ id: transaction, key: "acme", decision: "committed" }]);
      expect(await bed.notes()).toBe(1);
    }
    const [doubt] = await manager.inDoubt();
    expect(String(doubt?.error)).toContain("moving");
    bed.places.set("acme", bed.own("acme"));
    await shops.refresh("acme");
    await manager.recover();
    expect(await bed.rows("acme")).toContain(id);
    expect(await bed.notes()).toBe(0);
  });

  it("is noted until nobody can prepare it any more, where it is not there", async () => {
    const { manager } = bed.open();
    const hourMs = 3_600_000;
    await bed.left("acme", {});
    await bed.left("acme", { decided: "R", ageMs: hourMs });
    expect((await manager.recover()).unreachable).toEqual([]);
    expect(await manager.inDoubt()).toEqual([]);
    expect(await bed.notes()).toBe(2);
    await bed.left("acme", { decided: "C" });
    await bed.left("acme", { ageMs: 3 * hourMs });
    await manager.recover();
    expect(await bed.notes()).toBe(2);
  });

  it("is found by who is busy with another tenant, within the budget", async () => {
    const { manager, shops, shop } = bed.open({ connections: 1, open: 1 });
    await shops.run("bolt", () => shop.query("select 1"));
    await bed.left("acme", { id: ++lastId });
    expect((await manager.recover()).branches).toMatchObject([{ key: "acme", result: "done" }]);
    expect(shops.stats().budget).toMatchObject({ max: 1, used: 1 });
    expect(shops.stats().tenants.open).toBe(1);
  });

  it("is ended by itself where the manager is told to look, and only once it has stood for a while", async () => {
    const id = ++lastId;
    await bed.left("acme", { id, decided: "C", ageMs: 20_000 });
    const { manager } = bed.open({ recovery: { labels: ["control"], everyMs: 50 } });
    await manager.connect();
    while ((await bed.notes()) > 0);
    expect(await bed.rows("acme")).toContain(id);
  });
});
