import { DatabaseManager, onSlow, ParameterError, planOf, type SlowStatement } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { postgres, postgresDriver } from "../src/index.ts";

const databases = new DatabaseManager({ orders: postgres({ connectionString: inject("postgresUrl") }) });
const orders = databases.database("orders");
const table = "planned_orders";

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
  it("is told without values, and says what is read whole", async () => {
    expect(await planOf(orders, `select * from ${table} where customer = $1`)).toMatchObject({ scans: [table] });
    const { scans, text } = await planOf(orders, `select * from ${table} where id = $1 -- by key`);
    expect(scans).toEqual([]);
    expect(text).toContain(`${table}_pkey`);
  });

  it("of a text that writes runs nothing", async () => {
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

describe("a plan of a server before version 16, asked on whatever server is there", () => {
  const { plans } = postgresDriver.dialect;
  const about = { columns: [], rows: [["150008"]], affected: null };
  /** As it is asked for there, and what the session has of it afterwards. */
  const oldPlan = (text: string) =>
    orders.transaction(async (tx) => {
      for (const { text: script } of plans?.ask(text, about) ?? []) {
        const { resultSets } = await tx.execute(script);
        const told = resultSets?.find(({ rows }) => rows.length > 0);
        const rows = told?.rows.map((row) => Object.values(row as object)) ?? [];
        expect(await tx.query("select name from pg_prepared_statements where from_sql")).toEqual([]);
        return plans?.read(
          { columns: [{ name: "QUERY PLAN", type: "json", databaseType: "json" }], rows, affected: null },
          text,
        );
      }
      return undefined;
    });

  it("says what is read whole, whatever looks like a placeholder and is none", async () => {
    expect(await oldPlan(`select * from ${table} where customer = $1`)).toMatchObject({ scans: [table] });
    const text = `select '$4', $$ $5 $$, e'\\'$6', "id" from ${table} where id = $2 and customer = $1 -- not $7`;
    const plan = await oldPlan(text);
    expect(plan?.scans).toEqual([]);
    expect(plan?.text).toContain(`${table}_pkey`);
    expect(await oldPlan(`select * from ${table}`)).toMatchObject({ scans: [table] });
  });

  it("does not leave partitions out because it has no value for them", async () => {
    await orders.execute("drop table if exists planned_parts");
    await orders.execute("create table planned_parts (at integer) partition by range (at)");
    // A single one would be read without anything that could leave it out.
    const parts = ["planned_parts_1", "planned_parts_2"];
    for (const [index, part] of parts.entries()) {
      const bounds = `from (${index * 9}) to (${index * 9 + 9})`;
      await orders.execute(`create table ${part} partition of planned_parts for values ${bounds}`);
    }
    expect(await oldPlan("select * from planned_parts where at = $1")).toMatchObject({ scans: parts });
    await orders.execute("drop table planned_parts");
  });
});

it("a plan that could not be made leaves nothing behind", async () => {
  await using one = new DatabaseManager({
    one: postgres({ connectionString: inject("postgresUrl"), pool: { max: 1 } }),
  });
  const database = one.database("one");
  await expect(planOf(database, "select * from nowhere where id = $1")).rejects.toMatchObject({ sqlState: "42P01" });
  expect(await database.query("select name from pg_prepared_statements where from_sql")).toEqual([]);
  expect(await database.queryScalar("show plan_cache_mode")).toBe("auto");
  await planOf(database, `select * from ${table} where id = $1`);
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

  it("tells of a statement, with its plan and its caller, and never its values", async () => {
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
