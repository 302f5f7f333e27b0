import { DatabaseManager, onSlow, ParameterError, planOf, type SlowStatement } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { postgres } from "../src/index.ts";

const databases = new DatabaseManager({ orders: postgres({ connectionString: inject("postgresUrl") }) });
const orders = databases.database("orders");
const table = "planned_orders";
/** Why this server tells no plan without values. */
const isOld = Number(await orders.queryScalar("show server_version_num")) < 160_000;
const unplanned = "generic_plan came with PostgreSQL 16";

beforeAll(async () => {
  await orders.execute(`drop table if exists ${table}`);
  await orders.execute(`create table ${table} (id integer primary key, customer integer)`);
  await orders.execute(`insert into ${table} select id, id % 7 from generate_series(1, 5000) id`);
  await orders.execute(`analyze ${table}`);
});
afterAll(async () => {
  await orders.execute(`drop table ${table}`);
  await databases.close();
});

describe("a plan", () => {
  it("is told without values, and says what is read whole", async ({ skip }) => {
    if (isOld) skip(unplanned);
    expect(await planOf(orders, `select * from ${table} where customer = $1`)).toMatchObject({ scans: [table] });
    const { scans, text } = await planOf(orders, `select * from ${table} where id = $1 -- by key`);
    expect(scans).toEqual([]);
    expect(text).toContain(`${table}_pkey`);
  });

  it("of a text that writes runs nothing", async ({ skip }) => {
    if (isOld) skip(unplanned);
    await planOf(orders, `delete from ${table} where customer = $1;`);
    expect(await orders.queryScalar(`select count(*)::int from ${table}`)).toBe(5000);
  });

  it.each([`select 1; delete from ${table}`, `drop table ${table}`, `select ';' from ${table}`, "commit"])(
    "of %s is refused",
    async (text) => {
      await expect(planOf(orders, text)).rejects.toThrow(ParameterError);
    },
  );
});

describe("onSlow", () => {
  const heard = async (options: Parameters<typeof onSlow>[1], work: () => Promise<unknown>, count: number) => {
    const entries: SlowStatement[] = [];
    const watch = onSlow(databases, { thresholdMs: 0, ...options }, (entry) => entries.push(entry));
    try {
      await work();
      await expect.poll(() => entries).toHaveLength(count);
    } finally {
      watch.stop();
    }
    return entries;
  };
  const find = (id: number, options = {}) =>
    orders.query(`select * from ${table} where customer = :id`, { id }, options);

  it("tells of a statement, with its plan and its caller, and never its values", async ({ skip }) => {
    if (isOld) skip(unplanned);
    const options = { plan: true, callers: true, traceId: () => "4bf9" };
    const [entry] = await heard(options, () => find(987_654, { name: "of a customer" }), 1);
    expect(entry).toMatchObject({
      database: "orders",
      engine: "postgres",
      name: "of a customer",
      statement: `select * from ${table} where customer = $1`,
      error: undefined,
      traceId: "4bf9",
      skipped: 0,
      plan: { scans: [table] },
    });
    expect(entry?.caller).toContain("plans.test.ts");
    expect(JSON.stringify(entry)).not.toContain("987654");
  });

  it("tells one of a text, and counts the others", async () => {
    const [first] = await heard(
      {},
      async () => {
        await find(1);
        await find(2);
      },
      1,
    );
    expect(first?.skipped).toBe(0);
    const both = await heard(
      { sampleMs: 0 },
      async () => {
        await find(1);
        await find(2);
      },
      2,
    );
    expect(both).toHaveLength(2);
  });

  it("says nothing of what is quick, and of other managers", async () => {
    await using other = new DatabaseManager({ audit: postgres({ connectionString: inject("postgresUrl") }) });
    await heard({ thresholdMs: 60_000 }, () => find(1), 0);
    await heard({}, () => other.database("audit").query("select 1 as one"), 0);
  });

  it("tells of one that failed, by its code", async () => {
    const [entry] = await heard(
      { plan: true },
      () => orders.query("select nothing_like_it from nowhere").catch(() => {}),
      1,
    );
    expect(entry).toMatchObject({ error: "MDB_UNDEFINED_OBJECT", plan: undefined });
  });

  it("refuses options that are none", () => {
    expect(() => onSlow(databases, { treshold: 5 } as never, () => {})).toThrow("treshold");
  });
});
