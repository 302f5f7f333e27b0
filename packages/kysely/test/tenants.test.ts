import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite, sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, TransactionStateError } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { Kysely } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kyselyDialect } from "../src/index.ts";

const folder = await mkdtemp(join(tmpdir(), "mdb-kysely-tenants-"));
const shops = tenants({
  driver: sqliteDriver,
  resolve: async (id) => sqlite({ filename: join(folder, `${id}.db`) }),
});
const databases = new DatabaseManager({ shop: shops });
const shop = databases.database("shop");
const kysely = new Kysely<{ items: { name: string } }>({ dialect: kyselyDialect(shop) });
const names = async (): Promise<readonly string[]> =>
  (await kysely.selectFrom("items").selectAll().execute()).map(({ name }) => name);

beforeAll(async () => {
  for (const id of ["a", "b"]) await shops.run(id, () => shop.execute("create table items (name text)"));
});
afterAll(async () => {
  await databases.close();
  await rm(folder, { recursive: true, force: true });
});

it("goes to the tenant of the calling code, and joins that tenant's transaction", async () => {
  await shops.run("a", async () => {
    await kysely.insertInto("items").values({ name: "kept" }).execute();
    const failed = shop.transaction(async () => {
      await kysely.insertInto("items").values({ name: "undone" }).execute();
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await names()).toEqual(["kept"]);
  });
  expect(await shops.run("b", names)).toEqual([]);
});

it("refuses a transaction that Kysely begins, because it would be entered too late, and leaves nothing open", async () => {
  await shops.run("b", async () => {
    const refused = kysely.transaction().execute(async (tx) => {
      await tx.insertInto("items").values({ name: "nowhere" }).execute();
    });
    await expect(refused).rejects.toThrow(TransactionStateError);
    await expect(refused).rejects.toThrow(/"shop" \(sqlite\).*the database's own transaction\(\)/);
    expect(await names()).toEqual([]);
    expect(shop.stats().busy).toBe(0);
  });
});

it("joins where Kysely begins inside a transaction of the tenant's", async () => {
  await shops.run("b", async () => {
    await shop.transaction(() =>
      kysely.transaction().execute(async (tx) => {
        await tx.insertInto("items").values({ name: "inside" }).execute();
      }),
    );
    expect(await names()).toEqual(["inside"]);
  });
});
