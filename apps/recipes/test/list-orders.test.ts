import { sqlite } from "@nsj/mdb-adapter-sqlite";
import type { DatabaseManager } from "@nsj/mdb-core";
import { freshDatabases, record, rollbackEach } from "@nsj/mdb-testing";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { listOrders, listOrdersSlowly } from "../src/list-orders.ts";

const fresh = await freshDatabases(
  { shop: ({ file }) => sqlite({ filename: file }) },
  async (databases: DatabaseManager<{ shop: ReturnType<typeof sqlite> }>) => {
    const shop = databases.database("shop");
    await shop.execute("create table customers (id integer primary key, name text not null)");
    await shop.execute("create table orders (id integer primary key, customer_id integer not null)");
  },
);
afterAll(() => fresh.drop());
rollbackEach(fresh.databases, ["shop"], { hooks: { beforeEach, afterEach } });

const shop = fresh.databases.database("shop");

beforeEach(async () => {
  await shop.bulkInsert(
    "customers",
    ["id", "name"],
    [
      [1, "Ada"],
      [2, "Grace"],
      [3, "Edsger"],
    ],
  );
  await shop.bulkInsert(
    "orders",
    ["id", "customer_id"],
    [
      [10, 3],
      [11, 1],
      [12, 2],
    ],
  );
});

it("finds the N+1 of a list, and none in the other", async () => {
  const slow = await record(() => listOrdersSlowly(shop));
  expect(() => slow.expectNoRepeats()).toThrow(/3 times on shop.*N\+1[\s\S]*list-orders\.ts/);

  const log = await record(() => listOrders(shop));
  log.expectNoRepeats();
  log.expectStatements(2);
  expect(log.result).toEqual(slow.result);
});
