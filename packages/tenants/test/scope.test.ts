import { EventEmitter, once } from "node:events";
import { DaoBase, DatabaseManager, defineTable } from "@nsj/mdb-core";
import { NoTenantError, TenantMismatchError, tenants } from "@nsj/mdb-tenants";
import { describe, expect, it } from "vitest";
import { errorOf, openShops, whose } from "./support/shops.ts";

class ItemDao extends DaoBase.for(defineTable<{ readonly name: string }>("items").primaryKey("name")) {}

describe("the scope of a tenant", () => {
  it("sends every call on the label's one database to the ambient tenant, however deep", async () => {
    await using it = await openShops(["acme", "bolt"]);
    const { shops, shop } = it;
    const deep = async () => {
      await new Promise(setImmediate);
      return [
        await whose(shop),
        await shop.transaction(whose),
        await shop.withSession(whose),
        await shop.withConnection(whose),
      ];
    };
    const answers = await Promise.all(["acme", "bolt"].map((id) => shops.run(id, deep)));
    expect(answers).toEqual([Array(4).fill("acme"), Array(4).fill("bolt")]);
    expect(shops.run("acme", () => shops.current())).toBe("acme");
    expect(shops.current()).toBeUndefined();
  });

  it("serves streams, held transactions, sessions and DAOs that are constants of their module", async () => {
    await using it = await openShops(["acme", "bolt"]);
    const { shops, shop } = it;
    const dao = new ItemDao(shop);
    for (const id of ["acme", "bolt"]) {
      await shops.run(id, async () => {
        const names: unknown[] = [];
        for await (const { name } of shop.stream<{ name: string }>("select name from items")) names.push(name);
        await using held = await shop.begin();
        await using session = await shop.getSession();
        expect([...names, await whose(held), await whose(session)]).toEqual([id, id, id]);
        expect(await dao.findById(id)).toEqual({ name: id });
        expect(await dao.findById(id === "acme" ? "bolt" : "acme")).toBeUndefined();
      });
    }
    expect(shops.stats("acme")).toMatchObject({ uses: 0 });
  });

  it("refuses everything outside of a scope, before anything is looked up or sent", async () => {
    await using it = await openShops(["acme"]);
    const { shop } = it;
    const calls = [
      () => whose(shop),
      () => shop.getSession(),
      () => shop.begin(),
      () => shop.transaction(whose),
      () => shop.withSession(whose),
      () => shop.withConnection(whose),
      () => shop.bulkInsert("items", ["name"], [["x"]]),
      async () => {
        for await (const _ of shop.stream("select 1"));
      },
    ];
    for (const call of calls) expect(await errorOf(call)).toBeInstanceOf(NoTenantError);
    expect(it.lookups).toEqual([]);
    expect(shop.stats()).toMatchObject({ total: 0, acquired: 0 });
  });

  it("is not changed by chance: another id inside needs a switch, and none is possible inside a transaction", async () => {
    await using it = await openShops(["acme", "bolt"]);
    const { shops, shop } = it;
    await shops.run("acme", async () => {
      expect(await shops.run("acme", () => whose(shop))).toBe("acme");
      expect(await errorOf(() => shops.run("bolt", () => whose(shop)))).toBeInstanceOf(TenantMismatchError);
      expect(await shops.run("bolt", () => whose(shop), { switch: true })).toBe("bolt");
      await shop.transaction(async () => {
        const error = await errorOf(() => shops.run("bolt", () => whose(shop), { switch: true }));
        expect(error).toBeInstanceOf(TenantMismatchError);
        expect(await errorOf(() => shops.each(() => {}, { ids: ["bolt"] }))).toBeInstanceOf(TenantMismatchError);
      });
    });
  });

  it("guards what is held: a session, transaction, connection or database of one tenant in the scope of another", async () => {
    await using it = await openShops(["acme", "bolt", "core"]);
    const { shops, shop } = it;
    await shops.run("core", async () => {
      const session = await shops.run("acme", () => shop.getSession(), { switch: true });
      const held = await shops.run("acme", () => shop.begin(), { switch: true });
      await using bound = await shops.use("acme");
      // The innermost scope counts, not the outermost.
      await shops.run(
        "bolt",
        async () => {
          for (const of of [session, held, bound]) {
            expect(await errorOf(() => whose(of))).toBeInstanceOf(TenantMismatchError);
            expect(await errorOf(() => of.transaction(whose))).toBeInstanceOf(TenantMismatchError);
            expect(
              await errorOf(async () => {
                for await (const _ of of.stream("select 1"));
              }),
            ).toBeInstanceOf(TenantMismatchError);
          }
        },
        { switch: true },
      );
      await shops.run(
        "acme",
        async () =>
          expect([await whose(session), await whose(held), await whose(bound)]).toEqual(["acme", "acme", "acme"]),
        { switch: true },
      );
      await session.close();
      await held.rollback();
    });
    const session = await shops.run("acme", () => shop.getSession());
    expect(await whose(session), "outside of any scope it is clear whose it is").toBe("acme");
    await session.close();
  });

  it("commits nothing of one tenant in the scope of another", async () => {
    await using it = await openShops(["acme", "bolt"]);
    const { shops, shop } = it;
    const count = () => shops.run("acme", () => shop.queryScalar("select count(*) from items"));
    const session = await shops.run("acme", () => shop.getSession());
    await session.execute("insert into items (name) values ('two')");
    expect(await errorOf(() => shops.run("bolt", () => session.commit()))).toBeInstanceOf(TenantMismatchError);
    await session.close();
    const held = await shops.run("acme", () => shop.begin());
    await held.execute("insert into items (name) values ('three')");
    expect(await errorOf(() => shops.run("bolt", () => held.commit()))).toBeInstanceOf(TenantMismatchError);
    expect(await count()).toBe(1);
    await using again = await shops.run("acme", () => shop.getSession());
    await again.execute("insert into items (name) values ('two')");
    // Outside of any scope it is clear whose it is; and to end without keeping is always possible.
    await again.commit();
    await again.execute("insert into items (name) values ('three')");
    await shops.run("bolt", () => again.rollback());
    expect(await count()).toBe(2);
  });

  it("joins the transaction of its own tenant, and only that", async () => {
    await using it = await openShops(["acme"]);
    const { shops, shop } = it;
    await shops.run("acme", async () => {
      const failed = shop.transaction(async () => {
        await shop.execute("insert into items (name) values ('two')");
        await shop.transaction(() => shop.execute("insert into items (name) values ('three')"));
        expect(await shop.queryScalar("select count(*) from items")).toBe(3);
        throw new Error("no more");
      });
      await expect(failed).rejects.toThrow("no more");
      expect(await shop.queryScalar("select count(*) from items")).toBe(1);
    });
  });

  it("is kept by a function that was bound, and is lost by one that was not", async () => {
    await using it = await openShops(["acme"]);
    const { shops, shop } = it;
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    shops.run("acme", () =>
      emitter.on(
        "job",
        shops.bind(async () => emitter.emit("done", await whose(shop))),
      ),
    );
    emitter.on("job", () => seen.push(shops.current()));
    const done = once(emitter, "done");
    emitter.emit("job");
    expect(await done).toEqual(["acme"]);
    expect(seen).toEqual([undefined]);
  });

  it("is shared by labels that name it, and guards the transactions of both", async () => {
    await using one = await openShops(["acme", "bolt"], { scope: "test-shared" });
    await using two = await openShops(["acme", "bolt"], { scope: "test-shared" });
    await one.shops.run("bolt", async () => {
      expect(await whose(two.shop)).toBe("bolt");
      await two.shop.transaction(async () => {
        expect(await errorOf(() => one.shops.run("acme", () => {}, { switch: true }))).toBeInstanceOf(
          TenantMismatchError,
        );
      });
    });
  });

  it("belongs to one manager, and is not to be used before it is registered", async () => {
    await using it = await openShops();
    expect(() => new DatabaseManager({ again: it.shops })).toThrow('registered already, as "shop"');
    const loose = tenants({ driver: it.fake.driver, resolve: () => undefined });
    expect(() => loose.stats()).toThrow("not registered yet");
    expect(await errorOf(() => loose.use("acme"))).toMatchObject({ code: "MDB_CONFIGURATION" });
  });
});
