import { type ParameterValue, unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type MssqlOptions, mssqlDriver } from "../src/index.ts";
import { useConnection } from "./support/connection.ts";
import { useServer } from "./support/server.ts";

const server = useServer();
const connect = useConnection((more: MssqlOptions) => mssqlDriver.connector(server.options(more)));

/** Stores values in a column of a type, by a parameter of that type, and reads them back. */
async function roundTrip(type: string, values: readonly ParameterValue[], bulk = false): Promise<readonly unknown[]> {
  const connection = await connect();
  await connection.query({ text: `create table #exact (id int, v ${type})`, values: [] }, unlimited);
  if (bulk) {
    const rows = values.map((value, id) => [id, value]);
    await connection.bulkLoad?.({ table: ["#exact"], columns: ["id", "v"] }, one(rows), unlimited);
  } else {
    for (const [id, value] of values.entries()) {
      const hints = [undefined, { type }];
      await connection.query(
        { text: "insert into #exact (id, v) values (@p1, @p2)", values: [id, value], hints },
        unlimited,
      );
    }
  }
  const { rows } = await connection.query({ text: "select v from #exact order by id", values: [] }, unlimited);
  return rows.map(([value]) => value);
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

describe.each([
  ["by parameters", false],
  ["by a bulk load", true],
] as const)("values %s", (_, bulk) => {
  it.each([
    [
      "decimal(38, 0)",
      ["99999999999999999999999999999999999999", "-99999999999999999999999999999999999999", "0", null],
    ],
    ["decimal(38, 38)", ["0.99999999999999999999999999999999999999", "-0.00000000000000000000000000000000000001"]],
    ["decimal(38, 19)", ["1234567890123456789.0123456789012345678", "-9007199254740993.0000000000000000001"]],
    ["decimal(19, 0)", ["9999999999999999999"]],
    ["decimal(28, 4)", ["999999999999999999999999.9999"]],
    ["numeric(9, 2)", ["9999999.99", "-0.01", "0.00"]],
    ["money", ["922337203685477.5807", "-922337203685477.5808", "0.0001", "0.0000"]],
    ["smallmoney", ["214748.3647", "-214748.3648"]],
  ])("of %s keep every digit", async (type, values) => {
    expect(await roundTrip(type, values, bulk)).toEqual(values);
  });

  it("of bigint are exact at both ends", async () => {
    const values = [9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, 9_007_199_254_740_993n];
    expect(await roundTrip("bigint", values, bulk)).toEqual(values);
  });

  it.each([
    ["datetime2(7)", ["0001-01-01 00:00:00.0000001", "9999-12-31 23:59:59.9999999", "2024-02-29 12:34:56.1234567"]],
    ["time(7)", ["00:00:00.0000001", "23:59:59.9999999"]],
    ["time(0)", ["00:00:00", "23:59:59"]],
  ])("of %s keep 100 nanoseconds", async (type, values) => {
    expect(await roundTrip(type, values, bulk)).toEqual(values);
  });

  it("of datetimeoffset keep the instant to 100 nanoseconds", async () => {
    const found = await roundTrip(
      "datetimeoffset(7)",
      ["2024-06-01 02:00:00.0000001 +02:00", "2024-06-01T00:00:00Z"],
      bulk,
    );
    expect(found).toEqual(["2024-06-01 00:00:00.0000001Z", new Date("2024-06-01T00:00:00Z")]);
  });

  it("of the old types hold what these can hold", async () => {
    const [third] = await roundTrip("datetime", ["2024-06-01 12:00:00.003"], bulk);
    expect(third).toEqual(new Date("2024-06-01T12:00:00.003Z"));
    const [minute] = await roundTrip("smalldatetime", ["2024-06-01 12:00:29"], bulk);
    expect(minute).toEqual(new Date("2024-06-01T12:00:00Z"));
  });

  it.each([
    ["tinyint", [0, 255]],
    ["smallint", [-32_768, 32_767]],
    ["int", [-2_147_483_648, 2_147_483_647]],
    ["bit", [true, false]],
    ["float", [Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, 0.1, 2 ** 53 + 2]],
    ["real", [3.4028235e38, 1.1754944e-38, 0.5, 0.1, -3.3333333, 1e16, 16_777_216]],
    ["nvarchar(max)", ["", "\u{1f600}ä", "x".repeat(9_000)]],
    ["nvarchar(4000)", ["\u{1f600}".repeat(2_000)]],
    ["varchar(20)", ["", "é € ? ÿ"]],
    ["varbinary(max)", [Buffer.alloc(0), Buffer.from([0, 0xff]), Buffer.alloc(9_000, 7)]],
  ] as const)("of %s are the same at their ends", async (type, values) => {
    expect(await roundTrip(type, values, bulk)).toEqual(values);
  });

  it("of datetimeoffset reach from the first instant to the last, in every zone", async () => {
    const values = ["0001-01-01 14:00:00.0000001 +14:00", "9999-12-31 09:59:59.9999999 -14:00"];
    expect(await roundTrip("datetimeoffset(7)", values, bulk)).toEqual([
      "0001-01-01 00:00:00.0000001Z",
      "9999-12-31 23:59:59.9999999Z",
    ]);
  });

  it("of date are days whatever the time zone", async () => {
    expect(await roundTrip("date", ["0001-01-01", "9999-12-31"], bulk)).toEqual(["0001-01-01", "9999-12-31"]);
  });

  it("of uniqueidentifier come in lower case", async () => {
    const value = "0F8FAD5B-D9CB-469F-A165-70867728950E";
    expect(await roundTrip("uniqueidentifier", [value], bulk)).toEqual([value.toLowerCase()]);
  });
});

describe("a bulk load", () => {
  it("of a text that the code page lacks is refused, where the driver would write question marks", async () => {
    const connection = await connect();
    await connection.query({ text: "create table #coded (v varchar(20))", values: [] }, unlimited);
    const target = { table: ["#coded"], columns: ["v"] } as const;
    await expect(connection.bulkLoad?.(target, one([["plain"], ["日本?"]]), unlimited)).rejects.toSatisfy((error) => {
      const { kind } = mssqlDriver.classify(error);
      return kind === "value" && String(error).includes("code page") && !String(error).includes("日本");
    });
    expect((await connection.query({ text: "select count(*) from #coded", values: [] }, unlimited)).rows).toEqual([
      [0],
    ]);
  });

  it("into an identity column is refused, where the server would put values of its own", async () => {
    const connection = await connect();
    await connection.query({ text: "create table #keyed (id int identity(1, 1), v int)", values: [] }, unlimited);
    const target = { table: ["#keyed"], columns: ["id", "v"] } as const;
    await expect(connection.bulkLoad?.(target, one([[4711, 1]]), unlimited)).rejects.toSatisfy((error) => {
      const { kind, executed } = mssqlDriver.classify(error);
      return kind === "unsupported" && executed === "no" && String(error).includes('"id" is an identity');
    });
    expect(await connection.bulkLoad?.({ ...target, columns: ["v"] }, one([[1]]), unlimited)).toEqual({ rows: 1 });
  });
});

describe("a stream", () => {
  it("is as exact as a result", async () => {
    const connection = await connect();
    const text = `select cast('12345678901234567890123456789.012345678' as decimal(38, 9)) as d,
      cast('-922337203685477.5808' as money) as m, cast(9007199254740993 as bigint) as b,
      cast('2024-02-29 12:34:56.1234567' as datetime2(7)) as t`;
    const stream = connection.stream?.({ text, values: [] }, { ...unlimited, fetchSize: 10 });
    expect(await stream?.read()).toEqual([
      [
        "12345678901234567890123456789.012345678",
        "-922337203685477.5808",
        9_007_199_254_740_993n,
        "2024-02-29 12:34:56.1234567",
      ],
    ]);
    expect(await stream?.read()).toBe(null);
    await stream?.close();
  });
});
