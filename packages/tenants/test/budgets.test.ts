import { type ConnectionBudget, connectionBudget } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { errorOf, openShops, type Shops, whose } from "./support/shops.ts";
import { settled } from "./support/test-clock.ts";

const ids = ["n0", "n1", "n2", "s0", "s1", "s2"];

/** Tenants on two servers, north and south, with a budget of one connection each. */
async function onTwoServers(): Promise<{ readonly it: Shops; readonly budgets: Record<"n" | "s", ConnectionBudget> }> {
  const budgets = { n: connectionBudget({ max: 1 }), s: connectionBudget({ max: 1 }) };
  const it = await openShops(ids, {
    budget: ({ tenant, definition }) => {
      expect(definition.engine).toBe("fake");
      return budgets[tenant[0] as "n" | "s"];
    },
  });
  return { it, budgets };
}

/** A transaction of a tenant, held until it is told to end. */
async function hold({ shops, shop }: Shops, tenant: string): Promise<() => Promise<unknown>> {
  const go = Promise.withResolvers<void>();
  const held = shops.run(tenant, () => shop.transaction((tx) => whose(tx).then(() => go.promise)));
  await settled();
  await settled();
  return async () => {
    go.resolve();
    await held;
  };
}

describe("a budget for each server", () => {
  it("bounds the tenants of its own server, and takes nothing from those of others", async () => {
    const { it, budgets } = await onTwoServers();
    await using shops = it;
    for (const id of ids) expect(await shops.shops.run(id, () => whose(shops.shop))).toBe(id);
    expect(budgets.n.stats()).toMatchObject({ used: 1, reclaimed: 2 });
    expect(budgets.s.stats()).toMatchObject({ used: 1, reclaimed: 2 });
    expect(shops.shops.stats()).toMatchObject({
      budget: { max: 2, used: 2, starving: 0, reclaimed: 4, handedOver: 0 },
      pools: { total: 2 },
    });
  });

  it("has to be given for every place: none would be no bound at all", async () => {
    await using it = await openShops(ids, { budget: () => undefined as unknown as ConnectionBudget });
    const error = await errorOf(() => it.shops.run("n0", () => whose(it.shop)));
    expect(error).toMatchObject({ code: "MDB_CONFIGURATION", message: expect.stringContaining('"n0"') });
  });

  it("is what each() yields to, on the one server where requests starve", async () => {
    const { it, budgets } = await onTwoServers();
    await using shops = it;
    const release = await hold(shops, "n0");
    const starving = shops.shops.run("n1", () => whose(shops.shop));
    await settled();
    expect(budgets.n.stats()).toMatchObject({ starving: 1 });
    const begun: string[] = [];
    const each = shops.shops.each((id) => void begun.push(id), { ids: ["n2", "s0", "s1"] });
    await shops.clock.advance(100);
    expect(begun).toEqual(["s0", "s1"]);
    await release();
    expect(await starving).toBe("n1");
    await shops.clock.advance(100);
    expect(await each).toMatchObject({ done: 3 });
  });

  it("is what warm() keeps to: it takes no connection, and no open tenant's place, from anybody", async () => {
    const { it, budgets } = await onTwoServers();
    await using shops = it;
    await shops.shops.run("n0", () => whose(shops.shop));
    const report = await shops.shops.warm(["n1", "s0", "s1", "n0"]);
    expect(report).toEqual({ warmed: 2, skipped: 2, failed: [] });
    expect([budgets.n.stats().reclaimed, budgets.s.stats().reclaimed]).toEqual([0, 0]);
    expect(shops.shops.stats("n0")?.pool?.total).toBe(1);
  });
});

describe("warm", () => {
  it("closes no tenant for another one", async () => {
    await using it = await openShops(ids, { open: 3 });
    await it.shops.run("n0", () => whose(it.shop));
    const report = await it.shops.warm(ids.slice(1));
    expect(report).toEqual({ warmed: 2, skipped: 3, failed: [] });
    expect(it.shops.stats().tenants).toMatchObject({ open: 3, evicted: { room: 0 } });
    expect(it.shops.stats("n0")).toBeDefined();
  });
});

describe("each", () => {
  it("begins nothing for tenants of a shared pool while callers wait for that", async () => {
    await using it = await openShops([]);
    const { shops, shop, places, manager, clock } = it;
    for (const id of ["acme", "bolt"]) places.set(id, { on: "shared", settings: { tenant: id } });
    const { max } = manager.database("shared").stats();
    const releases = await Promise.all(Array.from({ length: max }, () => held()));
    const waiting = shops.run("acme", () => shop.query("select 1"));
    await settled();
    let begun = 0;
    const each = shops.each(() => void begun++, { ids: ["bolt"] });
    await clock.advance(200);
    expect(begun).toBe(0);
    for (const release of releases) await release();
    await waiting;
    await clock.advance(100);
    expect(await each).toMatchObject({ done: 1 });

    async function held() {
      const go = Promise.withResolvers<void>();
      const running = manager.database("shared").transaction((tx) => tx.query("select 1").then(() => go.promise));
      await settled();
      return async () => {
        go.resolve();
        await running;
      };
    }
  });

  it("does not begin what waited for its turn while others failed, and says so", async () => {
    await using it = await openShops(ids);
    const go = Promise.withResolvers<void>();
    const fail = () => go.promise.then(() => Promise.reject(new Error("no")));
    const each = it.shops.each(fail, { ids, perServer: 1, concurrency: 4, stopAfterFailures: 1 });
    await settled();
    go.resolve();
    expect(await each).toMatchObject({ total: 4, done: 0, failures: 1, skipped: 3 });
    await settled();
    expect(it.shops.stats().tenants.open).toBe(0);
  });

  it("ends at its signal also while a tenant is looked up", async () => {
    await using it = await openShops([], {}, () => new Promise(() => {}));
    const controller = new AbortController();
    const each = errorOf(() => it.shops.each(() => {}, { ids: ["acme"], signal: controller.signal }));
    await settled();
    controller.abort();
    expect(await each).toMatchObject({ code: "MDB_CANCELLED" });
    expect(it.clock.timers).toBe(0);
  });
});
