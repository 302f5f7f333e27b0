import { jsonText, type LogicalType, type ParameterValue } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { logicalTypeOf } from "../src/column-types.ts";
import { type Connection, connect, failure, rows, run } from "./support/database.ts";

const memory = () => connect({ filename: ":memory:" });

/** What SQLite keeps of a value: its storage class and its text. */
async function stored(connection: Connection, value: ParameterValue): Promise<unknown> {
  return (await rows(connection, "select typeof(?1), cast(?1 as text)", value))[0];
}

/** Puts a value into a column of this type, and reads it back. */
async function roundTrip(type: string, ...values: ParameterValue[]): Promise<unknown[]> {
  const connection = await memory();
  await run(connection, `create table t (v ${type})`);
  for (const value of values) await run(connection, "insert into t values (?)", value);
  return (await rows(connection, "select v from t order by rowid")).map(([value]) => value);
}

describe("parameters", () => {
  it("binds whole numbers as integers and the others as reals", async () => {
    const connection = await memory();
    expect(await stored(connection, 5)).toEqual(["integer", "5"]);
    expect(await stored(connection, -0)).toEqual(["integer", "0"]);
    expect(await stored(connection, 2.5)).toEqual(["real", "2.5"]);
    expect(await stored(connection, 9_007_199_254_740_991)).toEqual(["integer", "9007199254740991"]);
    expect(await stored(connection, 2 ** 53)).toEqual(["real", "9007199254740992.0"]);
    expect(await stored(connection, 9_223_372_036_854_775_807n)).toEqual(["integer", "9223372036854775807"]);
    expect(await stored(connection, -9_223_372_036_854_775_808n)).toEqual(["integer", "-9223372036854775808"]);
    expect(await rows(connection, "select ? / 2, ? / 2", 5, 5n)).toEqual([[2, 2]]);
  });

  it("binds a number as a real where its hint says so", async () => {
    const connection = await memory();
    const statement = { text: "select typeof(?), typeof(?)", values: [5, 5], hints: [{ type: "double" }, undefined] };
    expect((await connection.query(statement, { deadline: Infinity })).rows).toEqual([["real", "integer"]]);
  });

  it("binds truth as 1 and 0, documents as text, bytes as blobs, nothing as NULL", async () => {
    const connection = await memory();
    expect(await stored(connection, true)).toEqual(["integer", "1"]);
    expect(await stored(connection, false)).toEqual(["integer", "0"]);
    expect(await stored(connection, jsonText('{"a":1}'))).toEqual(["text", '{"a":1}']);
    expect(await stored(connection, null)).toEqual(["null", null]);
    expect(await stored(connection, Buffer.from("abc"))).toEqual(["blob", "abc"]);
    const view = new Uint8Array(new Uint8Array([0, 97, 98, 0]).buffer, 1, 2);
    expect(await stored(connection, view)).toEqual(["blob", "ab"]);
    expect(await stored(connection, new Uint8Array(0))).toEqual(["blob", ""]);
  });

  it("writes a date in UTC as SQLite's own functions do, so that both sort and compare", async () => {
    const connection = await memory();
    expect(await stored(connection, new Date("2026-03-29T02:30:00.120Z"))).toEqual(["text", "2026-03-29 02:30:00.120"]);
    expect(await stored(connection, new Date("2026-03-29T02:30:00Z"))).toEqual(["text", "2026-03-29 02:30:00"]);
    expect(await rows(connection, "select datetime(?1) = ?1", new Date("2026-03-29T02:30:00Z"))).toEqual([[1]]);
    const statement = { text: "select ?", values: [new Date("2026-03-29T23:30:00Z")], hints: [{ type: "date" }] };
    expect((await connection.query(statement, { deadline: Infinity })).rows).toEqual([["2026-03-29"]]);
  });

  it("refuses what it could store only wrongly, and stores nothing", async () => {
    const connection = await memory();
    await run(connection, "create table t (v)");
    const wrong: ParameterValue[] = [2n ** 63n, -(2n ** 63n) - 1n, [1, 2], new Date(8.64e15), new Date(-8.64e15)];
    for (const value of wrong) {
      const failed = await failure(() => run(connection, "insert into t values (?)", value));
      expect(failed).toMatchObject({ kind: "value", executed: "no", connection: "ok" });
      expect(failed.error.message).not.toContain(String(value));
    }
    expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
  });
});

describe("values that come back", () => {
  it("keep every digit of an integer, as a number where that is possible", async () => {
    expect(await roundTrip("bigint", 2 ** 53 - 1, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 0n)).toEqual([
      9_007_199_254_740_991,
      9_007_199_254_740_992n,
      -9_007_199_254_740_992n,
      9_223_372_036_854_775_807n,
      -9_223_372_036_854_775_808n,
      0,
    ]);
    const connection = await memory();
    expect(await rows(connection, "select 9007199254740992 + 1, 1.5, 1e300, count(*)")).toEqual([
      [9_007_199_254_740_993n, 1.5, 1e300, 1],
    ]);
  });

  it("are exact decimals in a column of text affinity, and as SQLite keeps them in another", async () => {
    const digits = ["0.10", "12345678901234567890.12345678901234567890", "-0.0000000001"];
    expect(await roundTrip("decimal_text(60, 20)", ...digits)).toEqual(digits);
    expect(await roundTrip("decimal(10, 2)", "0.10", "19.99", 5, "x")).toEqual([0.1, 19.99, 5, "x"]);
  });

  it("are a day for a DATE, whatever was written", async () => {
    const written = ["2026-03-29", new Date("2026-03-29T23:30:00Z"), "2026-03-29T10:00", "no day", 5];
    expect(await roundTrip("date", ...written)).toEqual(["2026-03-29", "2026-03-29", "2026-03-29", "no day", 5]);
  });

  it("are a wall clock in UTC for a TIMESTAMP, in the forms that SQLite understands", async () => {
    expect(
      await roundTrip(
        "timestamp",
        new Date("2026-03-29T02:30:00.120Z"),
        "2026-03-29",
        "2026-03-29 02:30",
        "2026-03-29T02:30:00Z",
        "2026-03-29 02:30:00.123456",
        "2026-03-29 02:30:00.123456+02:00",
        "2026-99-99 02:30:00+02:00",
        "soon",
        1_711_000_000,
      ),
    ).toEqual([
      "2026-03-29 02:30:00.120",
      "2026-03-29 00:00:00",
      "2026-03-29 02:30:00",
      "2026-03-29 02:30:00",
      "2026-03-29 02:30:00.123456",
      new Date("2026-03-29T00:30:00.123Z"),
      "2026-99-99 02:30:00+02:00",
      "soon",
      1_711_000_000,
    ]);
  });

  it("are an instant for a TIMESTAMPTZ, in UTC where nothing else is said", async () => {
    expect(await roundTrip("timestamptz", new Date(0), "2026-03-29T02:30:00.5+0230", "2026-03-29 02:30")).toEqual([
      "1970-01-01 00:00:00Z",
      "2026-03-29 02:30:00.5+02:30",
      "2026-03-29 02:30:00Z",
    ]);
  });

  it("are the text of a document, also where SQLite keeps a number or its binary form", async () => {
    const connection = await memory();
    await run(connection, "create table t (v json)");
    await run(
      connection,
      "insert into t values (?), ('5'), ('1.50'), ('null'), (null), (jsonb('[1, 2]'))",
      jsonText('{"n":9007199254740993}'),
    );
    expect(await rows(connection, "select v from t")).toEqual([
      ['{"n":9007199254740993}'],
      ["5"],
      ["1.5"],
      ["null"],
      [null],
      ["[1,2]"],
    ]);
    expect(await roundTrip("json_text", jsonText("1.50"))).toEqual(["1.50"]);
  });

  it("are the text of a UUID, also where it is kept as 16 bytes", async () => {
    const uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    expect(await roundTrip("uuid", uuid, Buffer.from(uuid.replaceAll("-", ""), "hex"))).toEqual([uuid, uuid]);
  });

  it("are what is there, where a column holds something else than it declares", async () => {
    expect(await roundTrip("integer", "text", 1.5, Buffer.from("b"))).toEqual(["text", 1.5, Buffer.from("b")]);
    expect(await roundTrip("uuid", Buffer.from("b"))).toEqual([Buffer.from("b")]);
    expect(await roundTrip("boolean", true, false)).toEqual([1, 0]);
  });

  it("keep hostile texts and empty ones", async () => {
    const texts = ["", "it's", "a\0b", "\u{1f600}", "% _ \\ ; --", "\u2028", "x".repeat(100_000)];
    expect(await roundTrip("text", ...texts)).toEqual(texts);
  });

  it("survive a result whose names repeat or look like numbers", async () => {
    const connection = await memory();
    for (let round = 0; round < 2; round++) {
      const result = await run(connection, 'select 1 as a, 2 as a, 3 as "2", 4 as "1", 5 as "__proto__"');
      expect(result.columns.map(({ name }) => name)).toEqual(["a", "a", "2", "1", "__proto__"]);
      expect(result.rows).toEqual([[1, 2, 3, 4, 5]]);
      expect((await run(connection, 'select 3 as "2", 4 as "1"')).rows).toEqual([[3, 4]]);
    }
  });
});

describe("logical types", () => {
  it("follow the declared type", () => {
    const expected: Readonly<Record<string, LogicalType>> = {
      INTEGER: "integer",
      "int unsigned": "integer",
      "unsigned big int": "integer",
      tinyint: "integer",
      INT8: "integer",
      boolean: "integer",
      "VARCHAR(20)": "string",
      "nvarchar(max)": "string",
      TEXT: "string",
      CLOB: "string",
      blob: "bytes",
      "varbinary(16)": "bytes",
      REAL: "float",
      "double precision": "float",
      "NUMERIC(10,2)": "decimal",
      decimal: "decimal",
      "DECIMAL_TEXT(38, 10)": "decimal",
      money: "decimal",
      date: "date",
      DATE_TEXT: "date",
      datetime: "timestamp",
      "timestamp  without time zone": "timestamp",
      "timestamp (3)": "timestamp",
      timestamptz: "timestamptz",
      "TIMESTAMP WITH TIME ZONE": "timestamptz",
      time: "time",
      json: "json",
      JSONB: "json",
      uuid: "uuid",
      uniqueidentifier: "uuid",
      LONG_TEXT: "string",
      point: "dynamic",
      interval: "dynamic",
      ANY: "dynamic",
      "": "dynamic",
    };
    for (const [declared, type] of Object.entries(expected)) expect(logicalTypeOf(declared), declared).toBe(type);
    expect(logicalTypeOf(null)).toBe("dynamic");
  });

  it("are told for columns, through views and RETURNING, and are open for expressions", async () => {
    const connection = await memory();
    await run(
      connection,
      "create table t (id integer primary key, price numeric(10, 2), at timestamp default current_timestamp)",
    );
    await run(connection, "create view w as select at, price from t");
    const typesOf = async (text: string) => (await run(connection, text)).columns.map(({ type }) => type);
    expect(await typesOf("insert into t (price) values (1) returning *, id + 1")).toEqual([
      "integer",
      "decimal",
      "timestamp",
      "dynamic",
    ]);
    expect(await typesOf("select * from w")).toEqual(["timestamp", "decimal"]);
    expect(await typesOf("select max(at), count(*) from t")).toEqual(["dynamic", "dynamic"]);
    expect((await run(connection, "select price from t")).columns).toEqual([
      { name: "price", databaseType: "numeric(10, 2)", type: "decimal", precision: 10, scale: 2 },
    ]);
  });
});
