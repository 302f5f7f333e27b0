import { describe, expect, it } from "vitest";
import { errorOf, openShops, whose } from "./support/shops.ts";
import { settled } from "./support/test-clock.ts";

describe("a tenant that moves", () => {
  it("has new work at the new place at once, while running work ends in the old one, joined by its own chain", async () => {
    await using it = await openShops(["old", "new"]);
    const { shops, shop, places, own } = it;
    places.set("acme", own("old"));
    const go = Promise.withResolvers<void>();
    const running = shops.run("acme", () =>
      shop.transaction(async () => {
        await shop.execute("insert into items (name) values ('late')");
        await go.promise;
        // No handle: found by label and tenant, wherever the pool is by now.
        return [await whose(shop), await shop.transaction(() => shop.queryScalar("select count(*) from items"))];
      }),
    );
    await shops.run("acme", () => whose(shop));
    places.set("acme", own("new"));
    await shops.refresh("acme");
    expect(await shops.run("acme", () => whose(shop))).toBe("new");
    expect(shops.stats("acme")).toMatchObject({ leaving: 1 });
    go.resolve();
    expect(await running).toEqual(["old", 2]);
    await settled();
    expect(shops.stats("acme")).toMatchObject({ leaving: 0 });
    expect(shops.stats()).toMatchObject({ budget: { used: 1 }, tenants: { moved: 1 } });
  });

  it("that has become unavailable refuses new work at once, and refresh() waits until nobody works in the old place", async () => {
    await using it = await openShops(["old", "new"]);
    const { shops, shop, places, own } = it;
    places.set("acme", own("old"));
    const session = await shops.run("acme", () => shop.getSession());
    await session.execute("insert into items (name) values ('late')");
    places.set("acme", { unavailable: "moving", retryAfterMs: 1_000 });
    let isEmpty = false;
    const refreshed = shops.refresh("acme").then(() => {
      isEmpty = true;
    });
    await settled();
    expect(await errorOf(() => shops.run("acme", () => whose(shop)))).toMatchObject({ code: "MDB_TENANT_UNAVAILABLE" });
    expect(isEmpty).toBe(false);
    await session.commit();
    await session.close();
    await refreshed;
    places.set("acme", own("new"));
    await shops.refresh("acme");
    expect(await shops.run("acme", () => whose(shop))).toBe("new");
  });

  it("is noticed behind a use, a minute later", async () => {
    await using it = await openShops(["old", "new"]);
    const { shops, shop, places, own, clock } = it;
    places.set("acme", own("old"));
    const ask = () => shops.run("acme", () => whose(shop));
    await ask();
    places.set("acme", own("new"));
    expect(await ask()).toBe("old");
    await clock.advance(60_001);
    expect(await ask(), "nobody waits for the look-up").toBe("old");
    await settled();
    expect(await ask()).toBe("new");
  });

  it("stays where it is when nothing has changed, or only what a version says has not", async () => {
    await using it = await openShops(["old", "new"]);
    const { shops, shop, places, own } = it;
    places.set("acme", { database: own("old"), version: 1 });
    const ask = () => shops.run("acme", () => whose(shop));
    await ask();
    for (const place of [
      { database: own("old"), version: 1 },
      { database: own("new"), version: 1 },
    ]) {
      places.set("acme", place);
      await shops.refresh("acme");
      expect(await ask()).toBe("old");
    }
    places.set("acme", { database: own("new"), version: 2 });
    await shops.refresh("acme");
    expect(await ask()).toBe("new");
    expect(shops.stats()).toMatchObject({ tenants: { moved: 1 }, pools: { created: 2 } });
  });

  it("lets new work wait until the old place is empty, where both would take writes", async () => {
    await using it = await openShops(["old", "new"], { move: "stop" });
    const { shops, shop, places, own } = it;
    places.set("acme", own("old"));
    const go = Promise.withResolvers<void>();
    const running = shops.run("acme", () => shop.transaction((tx) => whose(tx).then(() => go.promise)));
    await settled();
    places.set("acme", own("new"));
    const moved = shops.refresh("acme");
    await settled();
    const controller = new AbortController();
    const left = errorOf(() => shops.run("acme", () => shop.query("select 1", {}, { signal: controller.signal })));
    let isServed = false;
    const waiting = shops
      .run("acme", () => whose(shop))
      .finally(() => {
        isServed = true;
      });
    await settled();
    controller.abort();
    expect(await left).toMatchObject({ code: "MDB_CANCELLED" });
    expect(isServed).toBe(false);
    go.resolve();
    await running;
    expect(await waiting).toBe("new");
    await moved;
  });

  it("cuts what does not end in the old place in time", async () => {
    await using it = await openShops(["old", "new"], { move: "stop", drainTimeoutMs: 500 });
    const { shops, shop, places, own, clock } = it;
    places.set("acme", own("old"));
    const session = await shops.run("acme", () => shop.getSession());
    await whose(session);
    places.set("acme", own("new"));
    const moved = shops.refresh("acme");
    await clock.advance(501);
    await moved;
    expect(await shops.run("acme", () => whose(shop))).toBe("new");
    expect(await errorOf(() => whose(session))).toMatchObject({ code: "MDB_TENANT_UNAVAILABLE" });
    await session.close();
    expect(shops.stats("acme")).toMatchObject({ uses: 0, leaving: 0 });
  });

  it.each(["own", "shared"])("keeps nothing of what was not committed in the old place in time: %s", async (kind) => {
    await using it = await openShops(["old", "new"], { move: "stop", drainTimeoutMs: 500 });
    const { shops, shop, places, own, clock, manager } = it;
    places.set("acme", kind === "own" ? own("old") : { on: "shared", settings: { tenant: "acme" } });
    await manager.database("shared").execute("create table items (name text)");
    const insert = "insert into items (name) values ('late')";
    const go = Promise.withResolvers<void>();
    const late = errorOf(() =>
      shops.run("acme", () => shop.transaction((tx) => tx.execute(insert).then(() => go.promise))),
    );
    await settled();
    places.set("acme", own("new"));
    const moved = shops.refresh("acme");
    await clock.advance(501);
    await moved;
    go.resolve();
    // By now the new place takes writes: it would be lost in the old one.
    const code = kind === "own" ? "MDB_CONNECTION_LOST" : "MDB_TENANT_UNAVAILABLE";
    expect(await late).toMatchObject({ code });
    const held = kind === "own" ? it.manager.register("look", own("old")).database("look") : manager.database("shared");
    expect(await held.queryScalar("select count(*) from items where name = 'late'")).toBe(0);
    await settled();
    expect(shops.stats("acme")).toMatchObject({ leaving: 0, uses: 0 });
  });

  it("goes where it is not found any more, and running work ends", async () => {
    await using it = await openShops(["acme"]);
    const { shops, shop, places } = it;
    const go = Promise.withResolvers<void>();
    const running = shops.run("acme", () => shop.transaction((tx) => go.promise.then(() => whose(tx))));
    await settled();
    places.delete("acme");
    await shops.refresh("acme");
    expect(await errorOf(() => shops.run("acme", () => whose(shop)))).toMatchObject({ code: "MDB_UNKNOWN_TENANT" });
    go.resolve();
    expect(await running).toBe("acme");
    expect(shops.stats()).toMatchObject({ tenants: { open: 0, evicted: { gone: 1 } } });
  });

  it("stays where it is when the look-up fails, or the new place cannot be opened", async () => {
    await using it = await openShops(["acme"]);
    const { shops, shop, places } = it;
    await shops.run("acme", () => whose(shop));
    places.set("acme", { on: "nowhere", settings: { a: "b" } });
    expect(await errorOf(() => shops.refresh("acme"))).toMatchObject({ code: "MDB_CONFIGURATION" });
    expect(await shops.run("acme", () => whose(shop))).toBe("acme");
  });

  it("keeps the database that somebody holds", async () => {
    await using it = await openShops(["old", "new"]);
    const { shops, places, own } = it;
    places.set("acme", own("old"));
    await using acme = await shops.use("acme");
    expect(await whose(acme)).toBe("old");
    places.set("acme", own("new"));
    await shops.refresh("acme");
    expect(await whose(acme)).toBe("new");
  });
});

describe("tenants in a shared pool", () => {
  it("have their context with every statement, and nobody else has it", async () => {
    await using it = await openShops([], { perTenant: { connections: 2 } });
    const { shops, shop, places, manager } = it;
    for (const id of ["acme", "bolt"]) places.set(id, { on: "shared", settings: { tenant: id } });
    const ask = "select coalesce(setting('tenant'), 'nobody')";
    const shared = manager.database("shared");
    const work = async (id: string) => {
      const names = [
        await shop.queryScalar(ask),
        await shop.transaction((tx) => tx.queryScalar(ask)),
        await shop.withConnection((connection) => connection.queryScalar(ask)),
        await shop.withSession((session) => session.queryScalar(ask)),
      ];
      for await (const row of shop.stream<{ name: string }>(`${ask} as name`)) names.push(row.name);
      expect(names).toEqual(Array(5).fill(id));
      expect(await errorOf(() => shop.transaction((tx) => tx.execute("select * from nowhere")))).toMatchObject({
        code: "MDB_UNDEFINED_OBJECT",
      });
      expect(await shared.queryScalar(ask)).toBe("nobody");
    };
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => ["acme", "bolt"][index % 2] as string).map((id) =>
        shops.run(id, () => work(id)),
      ),
    );
    expect(await shared.queryScalar(ask)).toBe("nobody");
    expect(shared.stats()).toMatchObject({ resets: 10 * 2 });
    expect(shops.stats()).toMatchObject({ budget: { used: 0 } });
  });

  it("does not give out the driver's own connection, which would be outside of the context", async () => {
    await using it = await openShops([]);
    const { shops, shop, places } = it;
    places.set("acme", { on: "shared", settings: { tenant: "acme" } });
    const error = await errorOf(() =>
      shops.run("acme", () => shop.withConnection(async (connection) => connection.raw())),
    );
    expect(error).toMatchObject({ code: "MDB_UNSUPPORTED" });
  });

  it("have their own bound on connections and their own queue", async () => {
    await using it = await openShops([], { perTenant: { connections: 1, waiting: 1 } });
    const { shops, shop, places, clock } = it;
    for (const id of ["acme", "bolt"]) places.set(id, { on: "shared", settings: { tenant: id } });
    const go = Promise.withResolvers<void>();
    const first = shops.run("acme", () => shop.transaction((tx) => tx.query("select 1").then(() => go.promise)));
    await settled();
    await settled();
    const second = shops.run("acme", () => shop.queryScalar("select 2"));
    await settled();
    const third = await errorOf(() => shops.run("acme", () => shop.queryScalar("select 3")));
    expect(third).toMatchObject({ code: "MDB_POOL_QUEUE_FULL", message: expect.stringContaining('"acme"') });
    expect(await shops.run("bolt", () => shop.queryScalar("select 4"))).toBe(4);
    go.resolve();
    await first;
    expect(await second).toBe(2);
    const ring = errorOf(() =>
      shops.run("acme", () =>
        shop.transaction(async (tx) => {
          await tx.query("select 1");
          return shop.transaction((inner) => inner.query("select 1"), { propagation: "requires_new" });
        }),
      ),
    );
    await clock.advance(3_000);
    expect(await ring).toMatchObject({ code: "MDB_POOL_DEADLOCK" });
  });
});
