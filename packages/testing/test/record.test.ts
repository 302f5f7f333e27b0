import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type FreshDatabases, freshDatabases, record } from "../src/index.ts";

const databases = new DatabaseManager({ orders: sqlite({ filename: ":memory:" }) });
const orders = databases.database("orders");

beforeAll(async () => {
  await orders.execute("create table orders (id integer primary key, customer integer)");
  await orders.execute("create index by_customer on orders (customer)");
  await orders.bulkInsert(
    "orders",
    ["id", "customer"],
    Array.from({ length: 300 }, (_, id) => [id, id % 7]),
  );
});
afterAll(() => databases.close());

const one = (id: number) => orders.query("select * from orders where id = :id", { id });

it("records what its async chain sends, and gives the result", async () => {
  const beside = one(1);
  const log = await record(async () => {
    await orders.query("select * from orders where id = ?", [7], { name: "one order" });
    return orders.queryScalar("select count(*) from orders");
  });
  await beside;
  expect(log.result).toBe(300);
  expect(log.snapshot()).toEqual(["orders: select * from orders where id = ?", "orders: select count(*) from orders"]);
  expect(log.statements[0]).toMatchObject({
    database: "orders",
    engine: "sqlite",
    name: "one order",
    error: undefined,
  });
  expect(log.statements[0]?.caller).toContain("record.test.ts");
  expect(String(log)).toMatch(
    /^orders {2}\d+\.\d ms {2}.* {2}select \* from orders where id = \? {2}.*record\.test\.ts/,
  );
});

it("keeps recordings beside each other and inside each other apart", async () => {
  const [first, second] = await Promise.all([
    record(async () => {
      await one(1);
      const inner = await record(() => one(2));
      inner.expectStatements(1);
    }),
    record(() => one(3)),
  ]);
  first.expectStatements(2);
  second.expectStatements(1);
});

it("shows a statement that failed", async () => {
  const log = await record(() => orders.query("select nothing from orders").catch(() => {}));
  expect(log.statements[0]?.error).toBeInstanceOf(Error);
  expect(String(log)).toContain("failed");
});

it("sees nothing of what runs behind a socket, but of a manager all of it", async () => {
  const server = createServer((_, response) => void one(5).then(() => response.end("ok")));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  // The server's own context began before any recording.
  const ask = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/`)).text();
  try {
    await ask();
    (await record(ask)).expectStatements(0);
    const all = await record({ manager: databases }, ask);
    all.expectStatements(1);
    const other = new DatabaseManager({ audit: sqlite({ filename: ":memory:" }) });
    (await record({ manager: other }, ask)).expectStatements(0);
    await other.close();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it("leaves out what a transaction over several databases sends for itself", async () => {
  const fakes = { a: fakeDriver({ name: "a" }), b: fakeDriver({ name: "b" }) };
  const both = new DatabaseManager({ a: defineDatabase(fakes.a.driver, {}), b: defineDatabase(fakes.b.driver, {}) });
  for (const label of ["a", "b"] as const) await both.database(label).execute("create table t (id integer)");
  await both.prepareStore("a");
  const log = await record({ manager: both }, () =>
    both.transaction(["a", "b"], async ({ a, b }) => {
      await a.execute("insert into t values (1)");
      await b.execute("insert into t values (2)");
    }),
  );
  const sent = [...fakes.a.calls, ...fakes.b.calls].map(({ on }) => on);
  await both.close();
  for (const fake of Object.values(fakes)) fake.close();
  expect(sent).toContain("prepareBranch");
  expect(log.snapshot()).toEqual(["a: insert into t values (1)", "b: insert into t values (2)"]);
});

describe("repeats", () => {
  it("are an N+1 when the values differ", async () => {
    const log = await record(async () => {
      for (const id of [1, 2, 3]) await one(id);
    });
    expect(log.repeats()).toMatchObject([{ times: 3, kind: "n+1" }]);
    expect(() => log.expectNoRepeats()).toThrow(/3 times on orders.*N\+1[\s\S]*record\.test\.ts/);
    log.expectNoRepeats({ atLeast: 4 });
    log.expectNoRepeats({ allow: ["select * from orders  where id = ?"] });
  });

  it("are something to keep when the values are the same", async () => {
    const log = await record(async () => {
      for (const id of [1, 1]) await one(id);
    });
    expect(log.repeats()).toMatchObject([{ times: 2, kind: "same values" }]);
  });

  it("are none from two places, and none for a batch", async () => {
    const log = await record(async () => {
      await one(1);
      await one(2);
      await orders.executeMany("update orders set customer = :customer where id = :id", [
        { id: 1, customer: 1 },
        { id: 2, customer: 2 },
      ]);
    });
    log.expectNoRepeats();
  });

  it("have hashes that no other run has, and no value", async () => {
    const hashes: (string | undefined)[] = [];
    for (let round = 0; round < 2; round++) {
      const log = await record(() => orders.query("select :secret", { secret: "hunter2" }));
      hashes.push(log.statements[0]?.fingerprint);
      expect(JSON.stringify(log.statements)).not.toContain("hunter2");
    }
    expect(hashes[0]).toMatch(/^[\w-]{16}$/);
    expect(hashes[1]).not.toBe(hashes[0]);
  });
});

describe("indexes", () => {
  it("are looked for in plans without values", async () => {
    const good = await record({ manager: databases }, () =>
      orders.query("select id from orders where customer = ?", [1]),
    );
    await good.expectIndexed();
    const bad = await record({ manager: databases }, () =>
      orders.query("select o.id from orders o where o.customer + 0 = ?", [1]),
    );
    await expect(bad.expectIndexed()).rejects.toThrow(/orders: orders, 300 rows/);
    await bad.expectIndexed({ rows: 300 });
  });

  it("cannot be looked for without the databases", async () => {
    const log = await record(() => orders.query("select id from orders"));
    await expect(log.expectIndexed()).rejects.toThrow("record({ manager }");
  });

  describe("on PostgreSQL", () => {
    let fresh: FreshDatabases<{ orders: ReturnType<typeof postgres> }>;
    beforeAll(async () => {
      fresh = await freshDatabases(
        { orders: ({ schema }) => postgres({ connectionString: inject("postgresUrl"), schema }) },
        async (made) => {
          const database = made.database("orders");
          await database.execute("create table items (id integer primary key, customer integer)");
          await database.execute("insert into items select id, id % 7 from generate_series(1, 20000) id");
          await database.execute("analyze items");
        },
      );
    });
    afterAll(() => fresh.drop());

    it("are seen by their absence", async () => {
      const manager = fresh.databases;
      const items = manager.database("orders");
      const good = await record({ manager }, () => items.query("select * from items where id = :id", { id: 1 }));
      await good.expectIndexed();
      const bad = await record({ manager }, () =>
        items.query("select * from items where customer = :customer", { customer: 1 }),
      );
      await expect(bad.expectIndexed()).rejects.toThrow(/items, 20000 rows/);
    });
  });
});
