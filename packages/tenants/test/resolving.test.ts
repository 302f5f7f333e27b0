import { PoolClosedError } from "@nsj/mdb-core";
import { TenantResolveError, TenantUnavailableError, UnknownTenantError } from "@nsj/mdb-tenants";
import { describe, expect, it } from "vitest";
import { errorOf, openShops, whose } from "./support/shops.ts";
import { settled } from "./support/test-clock.ts";

describe("resolving", () => {
  it("looks a tenant up once for all who ask at once, and not again while it is open", async () => {
    await using it = await openShops(["acme"]);
    const { shops, shop } = it;
    const answers = await Promise.all(Array.from({ length: 20 }, () => shops.run("acme", () => whose(shop))));
    expect(new Set(answers)).toEqual(new Set(["acme"]));
    await shops.run("acme", () => whose(shop));
    expect(it.lookups).toEqual(["acme"]);
  });

  it("remembers for a while that a tenant does not exist, then asks again", async () => {
    await using it = await openShops([]);
    const { shops, shop, clock } = it;
    const ask = () => errorOf(() => shops.run("new", () => whose(shop)));
    expect(await ask()).toBeInstanceOf(UnknownTenantError);
    expect((await ask()).message).toContain('"new"');
    expect(it.lookups).toEqual(["new"]);
    it.places.set("new", it.own("new"));
    await clock.advance(29_000);
    expect(await ask()).toBeInstanceOf(UnknownTenantError);
    await clock.advance(2_000);
    expect((await ask()).message).toContain("items");
    expect(it.lookups).toEqual(["new", "new"]);
  });

  it("takes an id for the same whichever was asked for before, also with a pattern that keeps a position", async () => {
    await using it = await openShops(["acme", "bolt"], { idPattern: /^[a-z]+$/gy });
    for (const id of ["acme", "bolt", "acme"]) expect(await it.shops.run(id, () => whose(it.shop))).toBe(id);
    expect(await errorOf(() => it.shops.run("Acme", () => {}))).toMatchObject({ code: "MDB_PARAMETER" });
  });

  it("looks a new tenant up at once when it is told to", async () => {
    await using it = await openShops([]);
    const { shops, shop } = it;
    await errorOf(() => shops.run("new", () => whose(shop)));
    it.places.set("new", it.own("new"));
    await shops.refresh("new");
    expect(await shops.run("new", () => shop.queryScalar("select 7"))).toBe(7);
  });

  it("gives what the resolver throws as the cause, and asks again a second later at the earliest", async () => {
    let isDown = true;
    await using it = await openShops(["acme"], {}, async (tenant) => {
      if (isDown) throw new Error("the control database is down");
      return it.places.get(tenant);
    });
    const { shops, shop, clock } = it;
    const ask = () => shops.run("acme", () => whose(shop));
    const error = await errorOf(ask);
    expect(error).toBeInstanceOf(TenantResolveError);
    expect(error).toMatchObject({
      retryable: true,
      tenant: "acme",
      cause: { message: "the control database is down" },
    });
    isDown = false;
    expect(await errorOf(ask)).toBeInstanceOf(TenantResolveError);
    expect(it.lookups).toHaveLength(1);
    await clock.advance(1_001);
    expect(await ask()).toBe("acme");
    isDown = true;
    await clock.advance(61_000);
    for (let round = 0; round < 3; round++) expect(await ask(), "an open tenant goes on").toBe("acme");
    await settled();
    expect(it.lookups).toHaveLength(3);
  });

  it("does not wait for a resolver that hangs", async () => {
    await using it = await openShops([], {}, () => new Promise(() => {}));
    const { shops, shop, clock } = it;
    const asked = errorOf(() => shops.run("acme", () => whose(shop)));
    await clock.advance(10_001);
    expect(await asked).toMatchObject({
      code: "MDB_TENANT_RESOLVE",
      cause: { message: "the look-up took longer than 10000 ms" },
    });
  });

  it("lets callers leave the look-up, and aborts it when the last has left", async () => {
    const signals: AbortSignal[] = [];
    await using it = await openShops([], {}, (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const { shops, shop, clock } = it;
    const controller = new AbortController();
    const first = errorOf(() => shops.run("acme", () => shop.query("select 1", {}, { signal: controller.signal })));
    const second = errorOf(() => shops.run("acme", () => shop.transaction(whose, { timeoutMs: 500 })));
    await settled();
    controller.abort(new Error("enough"));
    expect(await first).toMatchObject({ code: "MDB_CANCELLED" });
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(501);
    expect(await second).toMatchObject({ code: "MDB_STATEMENT_TIMEOUT" });
    expect(signals[0]?.aborted).toBe(true);
    void errorOf(() => shops.run("acme", () => whose(shop)));
    await settled();
    expect(it.lookups, "an aborted look-up says nothing of the tenant").toHaveLength(2);
  });

  it("looks up outside of the caller's tenant and transaction", async () => {
    const seen: unknown[] = [];
    await using it = await openShops(["acme"], {}, async (tenant, { databases }) => {
      seen.push(it.shops.current());
      await databases.database("control").execute("create table if not exists log (id text)");
      await databases.database("control").execute("insert into log (id) values (:tenant)", { tenant });
      return it.places.get(tenant);
    });
    const control = it.manager.database("control");
    const failed = control.transaction(async () => {
      expect(await it.shops.run("acme", () => whose(it.shop))).toBe("acme");
      throw new Error("no more");
    });
    await expect(failed).rejects.toThrow("no more");
    expect(seen).toEqual([undefined]);
    expect(await control.queryScalar("select count(*) from log")).toBe(1);
  });

  it("refuses ids that are none before anything is looked up", async () => {
    await using it = await openShops([]);
    for (const id of ["", "a b", "a".repeat(65), "a/../b", 7, undefined]) {
      expect(await errorOf(() => it.shops.run(id as string, () => {}))).toMatchObject({ code: "MDB_PARAMETER" });
    }
    expect(it.lookups).toEqual([]);
  });

  it("says of a tenant that is nowhere for now why, and when to ask again", async () => {
    await using it = await openShops([]);
    const { shops, shop, places, clock } = it;
    places.set("acme", { unavailable: "suspended", retryAfterMs: 5_000 });
    const ask = () => shops.run("acme", () => shop.queryScalar("select 7"));
    const error = await errorOf(ask);
    expect(error).toBeInstanceOf(TenantUnavailableError);
    expect(error).toMatchObject({ reason: "suspended", retryAfterMs: 5_000, retryable: true });
    places.set("acme", it.own("acme"));
    await errorOf(ask);
    expect(it.lookups).toHaveLength(1);
    await clock.advance(5_001);
    expect(await ask()).toBe(7);
  });

  it("refuses places that cannot be right, by name", async () => {
    await using it = await openShops([]);
    const { shops, shop, places, own } = it;
    const wrong: [unknown, RegExp][] = [
      [{ on: "nowhere", settings: { a: "b" } }, /on "nowhere", and there is no such label/],
      [{ on: "shop", settings: { a: "b" } }, /no single database itself/],
      [{ on: "shared" }, /nothing that tells its callers apart/],
      [{ on: "shared", schema: "acme" }, /by "schema"; on this engine it can do so by "settings", "role"/],
      [{ on: "shared", settings: { a: 7 } }, /the setting "a", whose value must be a text/],
      [{ on: "shared", setting: {} }, /has "setting", which is not known/],
      [own("x", { pool: { min: 1 } }), /"pool.min" of one of the databases behind this label would hold connections/],
      [own("x", { types: { bigint: "string" } }), /"types" of one of the databases behind this label/],
      [{ database: own("x"), limit: 3 }, /has "limit", which is not known/],
      [{ ...own("x"), engine: "oracle" }, /of the engine "oracle", and all tenants of one label are of one engine/],
      ["postgres://here", /is no object/],
    ];
    for (const [index, [place, message]] of wrong.entries()) {
      places.set(`t${index}`, place as never);
      const error = await errorOf(() => shops.run(`t${index}`, () => shop.queryScalar("select 7")));
      expect(error.message).toMatch(message);
    }
  });

  it("ends with its manager: nothing is looked up, opened or left", async () => {
    const it = await openShops(["acme"]);
    const { shops, shop, manager, clock } = it;
    await shops.run("acme", () => whose(shop));
    await manager.close();
    expect(await errorOf(() => shops.run("acme", () => whose(shop)))).toBeInstanceOf(PoolClosedError);
    expect(shops.stats()).toMatchObject({ budget: { used: 0 }, tenants: { open: 0 } });
    expect(clock.timers).toBe(0);
    await it[Symbol.asyncDispose]();
  });
});
