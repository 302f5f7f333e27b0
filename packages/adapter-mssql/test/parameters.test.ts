import { type ParameterValue, type ResultSet, unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type MssqlOptions, mssqlDriver } from "../src/index.ts";
import { useConnection } from "./support/connection.ts";
import { useServer } from "./support/server.ts";

const server = useServer();
const connect = useConnection((more: MssqlOptions) => mssqlDriver.connector(server.options(more)));

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
