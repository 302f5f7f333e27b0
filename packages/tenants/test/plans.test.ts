import { randomBytes } from "node:crypto";
import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager, onSlow, planOf, type SlowStatement } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { errorOf } from "./support/shops.ts";

const suffix = randomBytes(4).toString("hex");
const owner = postgresDriver.parseUrl(inject("postgresUrl"));
const admin = new DatabaseManager({ main: postgres(owner) });
const main = admin.database("main");
/** The same table of two tenants, one of whom was migrated already. */
const columns = { acme: "number int, at timestamp", bolt: "number text, at timestamp, note text" } as const;
const rows = { acme: { number: 7, at: "a" }, bolt: { number: "seven", note: null } };
const ids = ["acme", "bolt"] as const;
const statement = "select * from items where at is not null and $1 = 'x'";

beforeAll(async () => {
  for (const id of ids) {
    await main.execute(`create schema ${id}_${suffix}`);
    await main.execute(`create table ${id}_${suffix}.items (${columns[id]})`);
    const number = id === "acme" ? "7" : "'seven'";
    await main.execute(`insert into ${id}_${suffix}.items (number, at) values (${number}, '2026-01-01')`);
  }
});

afterAll(async () => {
  for (const id of ids) await main.execute(`drop schema ${id}_${suffix} cascade`);
  await admin.close();
});

/** Both on one connection, so that each meets what the other has prepared. */
function open(more: { readonly preparedStatements?: boolean } = {}) {
  const shops = tenants({ driver: postgresDriver, resolve: (id) => ({ on: "shard", schema: `${id}_${suffix}` }) });
  const manager = new DatabaseManager({ shard: postgres({ ...owner, ...more, pool: { max: 1 } }), shop: shops });
  return { shops, manager, shop: manager.database("shop") };
}

describe("two schemas of one pool whose tables differ, and the same text", () => {
  it.each([true, false])(
    "give each tenant its own rows, with its own types (prepared statements: %s)",
    async (prepared) => {
      const { shops, manager, shop } = open({ preparedStatements: prepared });
      await using _ = manager;
      for (let round = 0; round < 10; round++) {
        const id = ids[round % 2] as "acme" | "bolt";
        const [row] = await shops.run(id, () => shop.query<Record<string, unknown>>(statement, ["x"]));
        expect(Object.keys(row ?? {})).toEqual(id === "acme" ? ["number", "at"] : ["number", "at", "note"]);
        expect(row?.["number"]).toBe(rows[id].number);
      }
    },
  );

  it("give each tenant its own rows in streams and sessions", async () => {
    const { shops, manager, shop } = open();
    await using _ = manager;
    for (let round = 0; round < 6; round++) {
      const id = ids[round % 2] as "acme" | "bolt";
      await shops.run(id, async () => {
        for await (const row of shop.stream<{ number: unknown }>(statement, ["x"])) {
          expect(row.number).toBe(rows[id].number);
        }
        await shop.withConnection(async (connection) => {
          expect((await connection.queryOne<{ number: unknown }>(statement, ["x"])).number).toBe(rows[id].number);
        });
      });
    }
  });

  it("take each tenant's own values, whatever type the other one's column has", async () => {
    const { shops, manager, shop } = open();
    await using _ = manager;
    for (let round = 0; round < 10; round++) {
      const id = ids[round % 2] as "acme" | "bolt";
      const { number } = rows[id];
      const find = () => shop.queryScalar<unknown>("select number from items where number = $1", [number]);
      expect(await shops.run(id, find)).toBe(number);
    }
  });

  it("fail a transaction that has begun to be the other one's, and its next attempt is right", async () => {
    const { shops, manager, shop } = open();
    await using _ = manager;
    const inTransaction = (id: "acme" | "bolt", more: { readonly retry?: { readonly attempts: number } } = {}) =>
      shops.run(id, () =>
        shop.transaction(async (tx) => {
          // What is sent with BEGIN is sent again by itself, as it is outside of a transaction.
          await tx.query("select 1");
          return tx.queryOne<{ number: unknown }>(statement, ["x"]);
        }, more),
      );
    const seen: string[] = [];
    for (let round = 0; round < 10; round++) {
      const id = ids[round % 2] as "acme" | "bolt";
      try {
        expect((await inTransaction(id)).number).toBe(rows[id].number);
        seen.push("right");
      } catch (error) {
        expect(error).toMatchObject({ retryable: true });
        seen.push("refused");
        expect((await inTransaction(id)).number, "the next attempt").toBe(rows[id].number);
      }
    }
    for (const id of ids) expect((await inTransaction(id, { retry: { attempts: 3 } })).number).toBe(rows[id].number);
    expect(seen).toContain("refused");
    expect(await errorOf(() => shops.run("acme", () => shop.query("select note from items")))).toMatchObject({
      code: "MDB_UNDEFINED_OBJECT",
    });
  });
});

describe("the plan of a statement of tenants", () => {
  it("is that of the tenant's own tables", async () => {
    const { shops, manager, shop } = open();
    await using _ = manager;
    for (const id of ids) {
      const { scans } = await shops.run(id, () => planOf(shop, "select * from items where number = $1"));
      expect(scans).toEqual(["items"]);
    }
    const missing = () => planOf(shop, "select note from items where number = $1");
    await expect(shops.run("acme", missing)).rejects.toMatchObject({ code: "MDB_UNDEFINED_OBJECT" });
    expect((await shops.run("bolt", missing)).scans).toEqual(["items"]);
    await expect(missing()).rejects.toMatchObject({ code: "MDB_NO_TENANT" });
  });

  it("comes with a slow one", async () => {
    const { shops, manager, shop } = open();
    await using _ = manager;
    const told = Promise.withResolvers<SlowStatement>();
    using _watch = onSlow(manager, { thresholdMs: 0, plan: true }, told.resolve);
    await shops.run("bolt", () => shop.query("select note from items where number = $1", ["seven"]));
    expect(await told.promise).toMatchObject({ database: "shop", plan: { scans: ["items"] } });
  });
});
