import { type ParameterValue, type ResultSet, unlimited } from "@nsj/mdb-core";
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

  it("of date are days whatever the time zone", async () => {
    expect(await roundTrip("date", ["0001-01-01", "9999-12-31"], bulk)).toEqual(["0001-01-01", "9999-12-31"]);
  });

  it("of uniqueidentifier come in lower case", async () => {
    const value = "0F8FAD5B-D9CB-469F-A165-70867728950E";
    expect(await roundTrip("uniqueidentifier", [value], bulk)).toEqual([value.toLowerCase()]);
  });
});

describe("a bulk load", () => {
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

describe("parameters", () => {
  const query = async (
    text: string,
    values: readonly ParameterValue[],
    type?: string,
    more: MssqlOptions = {},
  ): Promise<ResultSet> => {
    const connection = await connect(more);
    return connection.query({ text, values, ...(type !== undefined && { hints: [{ type }] }) }, unlimited);
  };

  it("that do not fit their type are errors before anything is sent, and show no value", async () => {
    for (const [value, type] of [
      ["1.234", "decimal(5, 2)"],
      ["123456", "decimal(5, 2)"],
      ["x4711", "decimal(5, 2)"],
      ["x4711", "int"],
      [4711.5, "int"],
      ["x4711", "datetime2"],
      ["2024-02-30", "date"],
      ["x4711", "varbinary(10)"],
      [Buffer.from([1, 0x47, 0x11, 0, 0]), "decimal(5, 2)"],
      [Buffer.from([1, 0x47, 0x11]), "date"],
      ["x4711", "bit"],
      [new Date("+010000-01-01T00:00:00Z"), "datetime2"],
    ] as const) {
      const failing = query("select @p1", [value], type);
      await expect(failing, `${String(value)} as ${type}`).rejects.toSatisfy((error) => {
        const { kind, executed } = mssqlDriver.classify(error);
        return kind === "value" && executed === "no" && !String(error).includes("4711");
      });
    }
  });

  it("of types that do not exist are refused", async () => {
    for (const type of ["geography", "decimal(39, 0)", "decimal(5, 6)", "datetime2(8)", "x'); drop"]) {
      await expect(query("select @p1", ["1"], type)).rejects.toSatisfy(
        (error) => mssqlDriver.classify(error).kind === "parameter",
      );
    }
  });

  it("go as varchar where that is wanted, and as nvarchar where the code page lacks a character", async () => {
    const types: string[] = [];
    const stop = server.wire?.record((request) => types.push(...request.parameters.slice(2).map((it) => it.type)));
    for (const value of ["plain", "Ünï €", "日本", "x".repeat(8_001)]) {
      const { rows } = await query("select @p1", [value], undefined, { stringType: "varchar" });
      expect(rows).toEqual([[value]]);
    }
    await query("select @p1", ["one value"], "varchar");
    stop?.();
    if (server.wire === undefined) return;
    expect(types).toEqual(["varchar(8000)", "varchar(8000)", "nvarchar(4000)", "varchar(max)", "varchar(8000)"]);
  });

  it("have a few fixed lengths, so that one text has one plan", async () => {
    const declarations: string[] = [];
    const stop = server.wire?.record(({ kind, parameters }) => {
      if (kind === "rpc") declarations.push(String(parameters[1]?.value));
    });
    for (const value of [
      "",
      "a",
      "x".repeat(4_000),
      "x".repeat(4_001),
      1,
      2n ** 40n,
      0.5,
      true,
      new Date(0),
      Buffer.alloc(3),
    ]) {
      await query("select @p1", [value]);
    }
    stop?.();
    if (server.wire === undefined) return;
    expect(declarations.map((it) => it.replace("@p1 ", ""))).toEqual([
      "nvarchar(4000)",
      "nvarchar(4000)",
      "nvarchar(4000)",
      "nvarchar(max)",
      "int",
      "bigint",
      "float",
      "bit",
      "datetime2(7)",
      "varbinary(8000)",
    ]);
  });

  it("that are NULL learn their type where the server needs it, once per text", async () => {
    const connection = await connect();
    await connection.query(
      {
        text: "drop table if exists learnt_nulls; create table learnt_nulls (id int, b varbinary(20), n nvarchar(20), d datetime2)",
        values: [],
      },
      unlimited,
    );
    const seen: string[] = [];
    const stop = server.wire?.record((request) => seen.push(request.text.split(" ")[0] ?? ""));
    const text = "insert into learnt_nulls (id, b, n, d) values (@p1, @p2, @p3, @p4)";
    for (const id of [1, 2, 3]) await connection.query({ text, values: [id, null, null, null] }, unlimited);
    stop?.();
    const { rows } = await connection.query(
      { text: "select id, b, n, d from learnt_nulls order by id", values: [] },
      unlimited,
    );
    expect(rows).toEqual([1, 2, 3].map((id) => [id, null, null, null]));
    if (server.wire === undefined) return;
    expect(seen).toEqual(["insert", "sp_describe_undeclared_parameters", "insert", "insert", "insert"]);
  });

  it("that are NULL are not tried again outside a transaction that the server has ended", async () => {
    const connection = await connect();
    await connection.query(
      { text: "create table #strict (b varbinary(20)); set xact_abort on", values: [] },
      unlimited,
    );
    await connection.begin({});
    const failing = connection.query({ text: "insert into #strict (b) values (@p1)", values: [null] }, unlimited);
    await expect(failing).rejects.toMatchObject({ number: 257 });
    expect(connection.txStatus).toBe("idle");
  });
});
