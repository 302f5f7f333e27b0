import type { Session } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { errorOf, openShops, whose } from "./support/shops.ts";
import { settled } from "./support/test-clock.ts";

const ids = Array.from({ length: 12 }, (_, index) => `t${index}`);

describe("opening and evicting", () => {
  it("closes a tenant that nobody has used for a while, and opens it again at the next use", async () => {
    await using it = await openShops(["acme"], { idleMs: 1_000 });
    const { shops, shop, clock } = it;
    await shops.run("acme", () => whose(shop));
    await clock.advance(2_000);
    expect(shops.stats()).toMatchObject({ tenants: { open: 0, evicted: { idle: 1 } }, budget: { used: 0 } });
    expect(await shops.run("acme", () => whose(shop))).toBe("acme");
    expect(it.lookups).toEqual(["acme", "acme"]);
    expect(shops.stats().pools).toMatchObject({ acquired: 2, created: 2, total: 1 });
  });

  it("closes the one used least recently when there are too many, and none that is in use", async () => {
    await using it = await openShops(ids, { open: 3 });
    const { shops, shop } = it;
    await using session = await shops.run("t0", () => shop.getSession());
    await using pinned = await shops.use("t1");
    for (const id of ids.slice(2)) await shops.run(id, () => whose(shop));
    expect(shops.stats().tenants).toMatchObject({ open: 3, opened: 12, evicted: { room: 9 } });
    expect([await whose(session), await whose(pinned)]).toEqual(["t0", "t1"]);
    expect(it.lookups).toHaveLength(12);
  });

  it("opens one more where all that may be open are in use, and closes it again when there is one too many", async () => {
    let lookups = 0;
    const ask = async (id: string) => {
      if (++lookups > 10) throw new Error("the same tenant is looked up again and again");
      return it.places.get(id);
    };
    await using it = await openShops(ids, { open: 1 }, ask);
    const { shops, shop } = it;
    await using session = await shops.run("t0", () => shop.getSession());
    expect(await shops.run("t1", () => whose(shop))).toBe("t1");
    expect(await shops.run("t2", () => whose(shop))).toBe("t2");
    expect(shops.stats().tenants).toMatchObject({ open: 2, opened: 3, evicted: { room: 1 } });
    expect(await whose(session)).toBe("t0");
  });

  it("never closes what is in use, however old: a session, a transaction, a stream, a connection, a waiter, a pin", async () => {
    await using it = await openShops(ids.slice(0, 7), { idleMs: 1_000, perTenant: { connections: 1 } });
    const { shops, shop, clock } = it;
    const go = Promise.withResolvers<void>();
    const session = await shops.run("t0", () => shop.getSession());
    const held = await shops.run("t1", () => shop.begin());
    const inTransaction = shops.run("t2", () => shop.transaction((tx) => go.promise.then(() => whose(tx))));
    const rows = shops.run("t3", () => shop.stream<{ name: string }>("select name from items")[Symbol.asyncIterator]());
    await shops.run("t3", () => rows.next());
    const connected = shops.run("t4", () =>
      shop.withConnection((connection) => go.promise.then(() => whose(connection))),
    );
    const pinned = await shops.use("t5");
    await settled();
    await clock.advance(5_000);
    expect(shops.stats().tenants).toMatchObject({ open: 6, evicted: { idle: 0 } });
    const waiter = shops.run("t4", () => whose(shop));
    await settled();
    go.resolve();
    expect(await Promise.all([whose(session), whose(held), inTransaction, connected, waiter, whose(pinned)])).toEqual([
      "t0",
      "t1",
      "t2",
      "t4",
      "t4",
      "t5",
    ]);
    await session.close();
    await held.rollback();
    await rows.return?.();
    await pinned[Symbol.asyncDispose]();
    await pinned[Symbol.asyncDispose]();
    await clock.advance(3_000);
    expect(shops.stats().tenants).toMatchObject({ open: 0 });
  });

  it("holds one budget over all of them, and closes idle connections of others for whoever needs one", async () => {
    await using it = await openShops(ids, { connections: 3 });
    const { shops, shop } = it;
    for (const id of ids) {
      expect(await shops.run(id, () => whose(shop))).toBe(id);
      expect(shops.stats().budget.used).toBeLessThanOrEqual(3);
    }
    expect(shops.stats()).toMatchObject({ budget: { used: 3, reclaimed: 9 }, tenants: { open: 12 } });
  });

  it("bounds the connections and the queue of one tenant, and names it", async () => {
    await using it = await openShops(["acme"], { perTenant: { connections: 1, waiting: 1 } });
    const { shops, shop } = it;
    const go = Promise.withResolvers<void>();
    const first = shops.run("acme", () => shop.transaction((tx) => whose(tx).then(() => go.promise)));
    await settled();
    await settled();
    const second = shops.run("acme", () => whose(shop));
    await settled();
    const error = await errorOf(() => shops.run("acme", () => whose(shop)));
    expect(error).toMatchObject({ code: "MDB_POOL_QUEUE_FULL" });
    expect(error.message).toContain('"acme"');
    go.resolve();
    await first;
    expect(await second).toBe("acme");
  });

  it("warms tenants up within the budget, and takes nothing from others for it", async () => {
    await using it = await openShops(ids, { connections: 4 });
    const { shops, shop } = it;
    await shops.run("t11", () => whose(shop));
    const report = await shops.warm(["t0", "nobody", "t1", "t2", "t3", "t4"], { concurrency: 1 });
    expect(report).toMatchObject({ warmed: 3, skipped: 2, failed: [{ tenant: "nobody" }] });
    expect(shops.stats()).toMatchObject({ budget: { used: 4, reclaimed: 0 } });
    expect(shops.stats("t11")?.pool?.total).toBe(1);
  });

  it("is up as long as one of the open tenants is, and opens none to ask", async () => {
    await using it = await openShops(["acme", "bolt"]);
    const { shops, shop, manager, fake } = it;
    expect((await manager.health())["shop"]).toMatchObject({ status: "up" });
    await shops.run("acme", () => whose(shop));
    fake.script({ on: "ping", action: { fail: { kind: "lost" } } });
    expect((await shop.health()).status).toBe("down");
    expect((await shop.health()).status).toBe("up");
    expect(it.lookups).toEqual(["acme"]);
  });

  it("tells which tenants were used longest since it was asked last, also by what is not over", async () => {
    await using it = await openShops(ids);
    const { shops, clock } = it;
    const sessions: Session[] = [];
    for (const id of ids.slice(0, 3)) {
      sessions.push(await shops.run(id, () => it.shop.getSession()));
      await clock.advance(1_000);
    }
    const [first, second, third] = sessions as [Session, Session, Session];
    await first[Symbol.asyncDispose]();
    expect(shops.stats().top).toEqual([
      { tenant: "t0", busyMs: 3_000 },
      { tenant: "t1", busyMs: 2_000 },
      { tenant: "t2", busyMs: 1_000 },
    ]);
    expect(shops.stats().top).toEqual([]);
    await clock.advance(500);
    await second[Symbol.asyncDispose]();
    await clock.advance(500);
    expect(shops.stats().top).toEqual([
      { tenant: "t2", busyMs: 1_000 },
      { tenant: "t1", busyMs: 500 },
    ]);
    await third[Symbol.asyncDispose]();
  });

  it("refuses to close the database of one tenant, which is disposed of", async () => {
    await using it = await openShops(["acme"]);
    await using acme = await it.shops.use("acme");
    await expect(acme.close()).rejects.toThrow("not closed, but disposed of");
    expect(acme.tenant).toBe("acme");
    expect(await errorOf(() => it.shops.use("nobody"))).toMatchObject({ code: "MDB_UNKNOWN_TENANT" });
  });
});
