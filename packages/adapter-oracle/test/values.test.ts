import { type DriverConnection, jsonText, type ParameterValue } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactText } from "../src/returning.ts";
import { bindTypeOf, boundValue, exactNumber, intervalText, unconstrainedNumber } from "../src/values.ts";
import { testServer } from "./support/server.ts";
import { connected, failureOf, rows, run } from "./support/statements.ts";

describe("what a parameter is bound as", () => {
  const date = new Date("2026-01-02T03:04:05.678Z");

  it.each<[ParameterValue, string | undefined, string, unknown]>([
    [null, undefined, "VARCHAR", null],
    [null, "blob", "BLOB", null],
    ["text", undefined, "VARCHAR", "text"],
    ["text", "nvarchar2(10)", "NVARCHAR", "text"],
    ["text", "NCHAR(10)", "NCHAR", "text"],
    ["text", "CHAR", "CHAR", "text"],
    ["text", "nclob", "NCLOB", "text"],
    ["+01 02:03:04", "interval day(2) to second(9)", "VARCHAR", "+01 02:03:04"],
    ["12.50", "decimal(38,10)", "VARCHAR", "12.50"],
    [1.5, undefined, "NUMBER", 1.5],
    [1e300, undefined, "BINARY_DOUBLE", 1e300],
    [Number.NaN, undefined, "BINARY_DOUBLE", Number.NaN],
    [1.5, "binary_double", "BINARY_DOUBLE", 1.5],
    [12n, undefined, "NUMBER", 12n],
    [true, undefined, "NUMBER", 1],
    [false, "boolean", "BOOLEAN", false],
    [Buffer.from("ab"), undefined, "RAW", Buffer.from("ab")],
    [new Uint8Array([1]), "blob", "BLOB", Buffer.from([1])],
    [new Uint8Array(0), undefined, "RAW", null],
    [jsonText('{"a":1}'), undefined, "VARCHAR", '{"a":1}'],
  ])("%o as %s", (value, hint, type, bound) => {
    expect(boundValue(value, hint)).toEqual({ type, value: bound });
  });

  it("a date by the fields of UTC, or with its zone", () => {
    const plain = boundValue(date).value as Date;
    expect(boundValue(date).type).toBe("TIMESTAMP");
    expect([plain.getFullYear(), plain.getMonth(), plain.getDate(), plain.getHours()]).toEqual([2026, 0, 2, 3]);
    expect(boundValue(date, "date").type).toBe("DATE");
    expect(boundValue(date, "timestamp(6) with time zone")).toEqual({ type: "TIMESTAMP_TZ", value: date });
  });

  it("refuses an array and a type that does not exist", () => {
    expect(() => boundValue([1, 2])).toThrow(/sql\.list/);
    expect(() => bindTypeOf("geometry")).toThrow(/geometry/);
    expect(bindTypeOf("  Double   Precision ")).toBe("NUMBER");
  });
});

describe("what numbers come back as", () => {
  it.each([
    [".5", "0.5"],
    ["-.5", "-0.5"],
    ["5", "5"],
    [5, 5],
  ])("%s is %s", (given, exact) => {
    expect(exactNumber(given)).toBe(exact);
  });

  it("an integer without a declared scale is an integer, a fraction its exact text", () => {
    expect(unconstrainedNumber("12345678901234567890")).toBe(12345678901234567890n);
    expect(unconstrainedNumber("-.25")).toBe("-0.25");
  });

  it.each([
    ["1.5E+003", "1500"],
    ["-1.25E-007", "-0.000000125"],
    ["1E+41", "100000000000000000000000000000000000000000"],
    ["12345", "12345"],
  ])("%s through a bind is %s", (given, exact) => {
    expect(exactText(given)).toBe(exact);
  });

  it("refuses one that the server may have rounded on its way through a bind", () => {
    expect(() => exactText("1.2345678901234567890123456789012345678E+041")).toThrow(/rounded/);
  });
});

it("intervals are written as Oracle writes them", () => {
  expect(intervalText({ years: 1, months: 2 })).toBe("+01-02");
  expect(intervalText({ years: 0, months: -3 })).toBe("-00-03");
  expect(intervalText({ days: 1, hours: 2, minutes: 3, seconds: 4, fseconds: 5_000_000 })).toBe("+01 02:03:04.005000");
  expect(intervalText({ days: 0, hours: 0, minutes: 0, seconds: -4, fseconds: -123_456_789 })).toBe(
    "-00 00:00:04.123456789",
  );
  expect(intervalText(null)).toBeNull();
});

describe("values over the wire", () => {
  const server = testServer();
  let connection: DriverConnection;
  beforeAll(async () => {
    connection = await connected(server);
  });
  afterAll(() => connection.close({ deadline: performance.now() + 5000 }));

  let tables = 0;

  /** In a table of its own: the driver keeps how it has read a text's LOBs before. */
  async function roundTrip(type: string, value: ParameterValue): Promise<unknown> {
    tables += 1;
    const table = `round_trip_${tables}`;
    await run(connection, `create table ${table} (id number(1), v ${type})`);
    try {
      await run(connection, `insert into ${table} values (1, :1)`, [value]);
      return (await rows(connection, `select v from ${table}`))[0]?.[0];
    } finally {
      await run(connection, `drop table ${table}`);
    }
  }

  it.each<[string, ParameterValue, unknown]>([
    ["number(38)", "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"],
    ["number(38)", 99999999999999999999999999999999999999n, "99999999999999999999999999999999999999"],
    ["number(38, 38)", "-0.12345678901234567890123456789012345678", "-0.12345678901234567890123456789012345678"],
    ["number(5, -2)", 12_345, "12300"],
    ["number(10, 4)", "1.5", "1.5"],
    ["number", "0.1", "0.1"],
    ["number", 7, 7n],
    ["binary_double", 1.5e300, 1.5e300],
    ["binary_double", Number.NaN, Number.NaN],
    ["binary_double", Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ["binary_float", 0.5, 0.5],
    ["binary_float", 0.1, 0.1],
    ["binary_float", 3.4028235e38, 3.4028235e38],
    ["binary_float", Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ["binary_double", 2n ** 60n, 2 ** 60],
    ["varchar2(10)", "", null],
    ["varchar2(40)", "\u{1f600} ä ' \" : ?", "\u{1f600} ä ' \" : ?"],
    ["char(5)", "ab", "ab   "],
    ["date", new Date("1969-12-31T23:59:59Z"), "1969-12-31 23:59:59"],
    ["date", new Date("0099-03-01T00:00:00Z"), "0099-03-01 00:00:00"],
    ["timestamp(3)", new Date("2026-07-01T12:00:00.678Z"), "2026-07-01 12:00:00.678"],
    ["timestamp(6) with time zone", new Date("2026-07-01T12:00:00.678Z"), "2026-07-01 12:00:00.678+00:00"],
    ["raw(4)", Buffer.from([0, 255, 1]), Buffer.from([0, 255, 1])],
    ["clob", "short", "short"],
    ["blob", Buffer.from([1, 2]), Buffer.from([1, 2])],
    ["interval day to second", "+01 02:03:04.000000", "+01 02:03:04.000000"],
    ["interval year to month", "+01-02", "+01-02"],
  ])("%s holds %o", async (type, value, read) => {
    expect(await roundTrip(type, value)).toEqual(read);
  });

  it("carries a CLOB and a BLOB of a megabyte, characters beyond the basic plane on every edge", async () => {
    const text = "\u{1f600}ä".repeat(180_000);
    const bytes = Buffer.alloc(1_000_000, "0123456789abcdef~");
    expect(await roundTrip("clob", text)).toBe(text);
    expect(await roundTrip("blob", bytes)).toEqual(bytes);
  });

  it("gives a JSON document as its own text, digits and all", async () => {
    await run(connection, "create table documents (id number(1), body clob check (body is json))");
    const body = '{"n": 12345678901234567890.10, "ä": "\u{1f600}"}';
    await run(connection, "insert into documents values (1, :1)", [body]);
    const { columns, rows: found } = await run(connection, "select body from documents");
    expect(columns[0]?.type).toBe("json");
    expect(found).toEqual([[body]]);
    const failure = await failureOf(() => run(connection, "insert into documents values (2, '{')"));
    expect(failure.kind).toBe("check");
  });

  it("gives a column of JSON, from version 21 on, as text too", async () => {
    await run(connection, "create table papers (id number(1), body json)");
    const body = `{"n":12345678901234567890,"long":"${"ä\u{1f600}".repeat(20_000)}"}`;
    await run(connection, "insert into papers values (1, :1)", [jsonText(body)]);
    await run(connection, "insert into papers values (2, :1)", [jsonText("null")]);
    await run(connection, "insert into papers values (3, null)");
    const { columns, rows: found } = await run(connection, "select body from papers order by id");
    expect(columns[0]).toMatchObject({ type: "json", databaseType: "JSON" });
    expect(found).toEqual([[body], ["null"], [null]]);
    expect(await failureOf(() => run(connection, "insert into papers values (4, '{')"))).toMatchObject({
      kind: "value",
      code: "ORA-40441",
    });
  });

  it("names each column as it is and says what it holds", async () => {
    const { columns } = await run(
      connection,
      'select 1 as a, 1 as "Mixed Case", cast(1 as number(5)) as n, cast(1 as number(5, 2)) as d, sysdate as t, null as nothing from dual',
    );
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ["A", "dynamic"],
      ["Mixed Case", "dynamic"],
      ["N", "integer"],
      ["D", "decimal"],
      ["T", "timestamp"],
      ["NOTHING", "string"],
    ]);
  });
});
