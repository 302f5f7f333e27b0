import { DatabaseManager, type ParameterValue, sql } from "@nsj/mdb-core";
import { afterEach, describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import { connected, failure, run, uniqueName, value } from "./support/driving.ts";
import { asAdmin, server, serverOptions } from "./support/server.ts";
import { strings, type WireProxy, wireProxy } from "./support/wire-proxy.ts";

const things: string[] = [];
let proxy: WireProxy | undefined;
afterEach(async () => {
  for (const thing of things.splice(0)) await asAdmin(`drop ${thing} cascade`);
  await proxy?.close();
  proxy = undefined;
});

async function tableOf(type: string): Promise<string> {
  const table = uniqueName();
  things.push(`table if exists ${table}`);
  await asAdmin(`create table ${table} (a ${type})`);
  return table;
}

const instant = new Date("2026-07-01T12:34:56.000Z");

describe("a column whose type another program has changed under a prepared statement", () => {
  it.each<readonly [before: string, change: string, first: ParameterValue, then: ParameterValue, stored: string]>([
    ["date", "timestamp", "2020-01-01", "2020-01-01 12:34:56", "2020-01-01 12:34:56"],
    ["date", "text", "2020-01-01", "yesterday evening", "yesterday evening"],
    ["real", "numeric(20, 7)", 1.5, "12345678.1234567", "12345678.1234567"],
    ["real", "float8", 1.5, 0.1234567890123, "0.1234567890123"],
    ["real", "text", 1, 16_777_217, "16777217"],
    ["integer", "bigint", 1, 3_000_000_000, "3000000000"],
    ["integer", "numeric", 1, 1.25, "1.25"],
    ["integer", "text", 1, "007", "007"],
    ["integer[]", "text[]", [1], ["007"], "{007}"],
    ["integer[]", "bigint[]", [1], [3_000_000_000], "{3000000000}"],
    ["numeric", "text", 1, "1e3", "1e3"],
    ["boolean", "text", true, "yes", "yes"],
    [
      "uuid",
      "text",
      "0f0e0d0c-0000-4000-8000-000000000000",
      "{0F0E0D0C-0000-4000-8000-000000000000}",
      "{0F0E0D0C-0000-4000-8000-000000000000}",
    ],
    ["char(8)", "text", "a", "b  ", "b  "],
    ["varchar(9)", "integer using a::integer", "1", 2, "2"],
    ["timestamptz", "timestamp", instant, instant, "2026-07-01 12:34:56"],
    ["timestamp", "timestamptz", instant, instant, "2026-07-01 21:34:56+09"],
    ["jsonb", "json", "{}", '{"b": 1, "a": 2}', '{"b": 1, "a": 2}'],
    ["jsonb", "text", "{}", '{"b":1,"a":2}', '{"b":1,"a":2}'],
    ["name", "text", "a", "x".repeat(70), "x".repeat(70)],
    ["inet", "text", "10.0.0.1", "10.0.0.1/32", "10.0.0.1/32"],
    ["bytea", "text using 'x'", Buffer.from("a"), Buffer.from("b"), "b"],
    ["time", "text", "12:00:00", "12:00", "12:00"],
  ])("%s to %s: the value is stored as a statement of today stores it", async (before, change, first, then, stored) => {
    const table = await tableOf(before);
    const connection = await connected();
    await run(connection, "set time zone 'Asia/Tokyo'");
    const text = `insert into ${table} values ($1) returning a::text`;
    for (let use = 0; use < 3; use++) await run(connection, text, [first]);
    await asAdmin(`alter table ${table} alter a type ${change}`);
    for (let use = 0; use < 3; use++) expect(await value(connection, text, [then])).toBe(stored);
  });

  it("what the new type refuses is refused, and not rounded to fit", async () => {
    const table = await tableOf("numeric");
    const connection = await connected();
    const text = `insert into ${table} values ($1)`;
    for (let use = 0; use < 3; use++) await run(connection, text, [2]);
    await asAdmin(`alter table ${table} alter a type integer`);
    expect((await failure(() => run(connection, text, [1.5]))).info).toMatchObject({ kind: "value", retry: "never" });
    await run(connection, text, [3]);
  });

  it("a condition finds what a statement of today finds", async () => {
    const table = await tableOf("integer");
    const connection = await connected();
    const text = `select count(*) from ${table} where a = $1`;
    for (let use = 0; use < 3; use++) await run(connection, text, [1]);
    await asAdmin(`alter table ${table} alter a type bigint; insert into ${table} values (3000000000)`);
    expect(await value(connection, text, [3_000_000_000])).toBe(1);
    await asAdmin(`alter table ${table} alter a type text`);
    expect(await value(connection, text, ["3000000000"])).toBe(1);
  });

  it("a type that was dropped and made anew is found again", async () => {
    const type = uniqueName("mood");
    things.push(`type if exists ${type}`);
    await asAdmin(`create type ${type} as enum ('a')`);
    const connection = await connected();
    const text = `select ($1::${type})::text`;
    for (let use = 0; use < 3; use++) await run(connection, text, ["a"]);
    await asAdmin(`drop type ${type}; create type ${type} as enum ('z')`);
    for (let use = 0; use < 3; use++) expect(await value(connection, text, ["z"])).toBe("z");
  });

  it("a statement in the middle of a transaction fails once, as something to begin again", async () => {
    const table = await tableOf("integer");
    const connection = await connected();
    const text = `select count(*) from ${table} where a = $1`;
    for (let use = 0; use < 3; use++) await run(connection, text, [1]);
    await asAdmin(`alter table ${table} alter a type bigint`);
    connection.begin({});
    await run(connection, "select 1");
    const { info } = await failure(() => run(connection, text, [3_000_000_000]));
    expect(info).toMatchObject({ connection: "ok", executed: "no", retry: "transaction" });
    await connection.rollback();
    connection.begin({});
    await run(connection, "select 1");
    expect(await value(connection, text, [3_000_000_000])).toBe(0);
    await connection.commit();
  });

  it("a transaction is told that it may be run again, and succeeds then, also where retry does that", async () => {
    const table = await tableOf("integer");
    const manager = new DatabaseManager({ it: postgres({ ...serverOptions(), pool: { max: 1 } }) });
    const count = (id: number, attempts = 1) =>
      manager.transaction(
        "it",
        async (tx) => {
          await tx.query("select 1");
          return tx.queryScalar<number>(sql`select count(*) from ${sql.identifier(table)} where a = ${id}`);
        },
        { retry: { attempts } },
      );
    try {
      for (let use = 0; use < 3; use++) await count(1);
      await asAdmin(`alter table ${table} alter a type bigint`);
      await expect(count(3_000_000_000)).rejects.toMatchObject({ retryable: true });
      expect(await count(3_000_000_000)).toBe(0);
      await asAdmin(`alter table ${table} alter a type integer`);
      for (let use = 0; use < 3; use++) await count(1);
      await asAdmin(`alter table ${table} alter a type bigint`);
      expect(await count(3_000_000_000, 2)).toBe(0);
    } finally {
      await manager.close();
    }
  });

  it("a value that is simply wrong is refused as that, each time", async () => {
    const connection = await connected();
    const text = "select $1::integer + 1";
    for (let use = 0; use < 3; use++) await run(connection, text, [1]);
    for (let use = 0; use < 4; use++) {
      const { info } = await failure(() => run(connection, text, ["one"]));
      expect(info).toMatchObject({ kind: "value", executed: "yes", retry: "never" });
    }
  });
});

describe("a name is used", () => {
  async function namesOf(text: string, values: readonly (readonly ParameterValue[])[]): Promise<readonly boolean[]> {
    proxy = await wireProxy(server);
    const { host, port } = proxy;
    const connection = await connected({ host, port, sslmode: "disable" });
    for (let use = 0; use < 2; use++) await run(connection, text, values[0]);
    proxy.said.length = 0;
    for (const each of values) await run(connection, text, each);
    return proxy.said.filter(({ type }) => type === "B").map((it) => strings(it)[1] !== "");
  }

  it("for values whose text no type can change: NULL, texts, whole numbers, booleans, UUIDs, days", async () => {
    const text =
      "select from pg_class where relname::text = $1 and oid = $2 and relpages = $3 and relhasindex = $4 and now()::date > $5 and relnatts = any($6)";
    const values = ["a", 1, -5, true, "2020-01-01", [1, 2]];
    expect(await namesOf(text, [values, values.map(() => null)])).toEqual([true, true]);
  });

  it("not for others, unless the text or the caller says the type", async () => {
    expect(await namesOf("select now() > $1", [[instant], [null], [instant]])).toEqual([false, true, false]);
    expect(await namesOf("select now() > $1::timestamptz", [[instant]])).toEqual([true]);
    expect(await namesOf("select $1::float8 > random() or random() > $1", [[0.5]])).toEqual([false]);
  });
});
