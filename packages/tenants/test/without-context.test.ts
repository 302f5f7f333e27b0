import { mysql, mysqlDriver } from "@nsj/mdb-adapter-mysql";
import { sqlite, sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, type RoutedDatabase } from "@nsj/mdb-core";
import { type Tenants, tenants } from "@nsj/mdb-tenants";
import { expect, it } from "vitest";
import { errorOf } from "./support/shops.ts";

async function refused(shops: Tenants, manager: DatabaseManager): Promise<Error> {
  try {
    const shop = manager.database("shop") as RoutedDatabase;
    const error = await errorOf(() => shops.run("acme", () => shop.query("select 1")));
    expect(manager.database("shard").stats().created, "nothing was opened for it").toBe(0);
    return error;
  } finally {
    await manager.close();
  }
}

it.each([{ schema: "acme" }, { settings: { "app.tenant": "acme" } }, { role: "acme" }, { clientId: "acme" }])(
  "A shared SQLite or MySQL cannot tell its users apart, says so, and runs nothing: %o",
  async (context) => {
    const resolve = () => ({ on: "shard", ...context });
    const files = tenants({ driver: sqliteDriver, resolve });
    const shards = tenants({ driver: mysqlDriver, resolve });
    for (const error of [
      await refused(files, new DatabaseManager({ shard: sqlite({ filename: ":memory:" }), shop: files }) as never),
      await refused(
        shards,
        new DatabaseManager({ shard: mysql({ host: "127.0.0.1", port: 9 }), shop: shards }) as never,
      ),
    ]) {
      expect(error).toMatchObject({ code: "MDB_UNSUPPORTED" });
      expect(error.message).toContain("each needs a database of its own");
    }
  },
);
