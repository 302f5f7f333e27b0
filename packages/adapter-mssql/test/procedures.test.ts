import { DatabaseManager, ParameterError, sql, ValueError } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mssql } from "../src/index.ts";
import { useServer } from "./support/server.ts";

const server = useServer();
let databases: DatabaseManager<{ main: ReturnType<typeof mssql> }>;
beforeAll(() => {
  databases = new DatabaseManager({ main: mssql(server.options()) });
});
const main = () => databases.database("main");

beforeAll(async () => {
  await main().execute(`create or alter procedure mdb_outputs @long nvarchar(max) output, @short nvarchar(10) output, @bytes varbinary(max) output,
    @price decimal(18, 4) output, @moment datetime2(7) output, @big bigint output, @n int
    as begin
      set @long = replace('abcdefghij', 'j', @long); set @short = 'abcdefghij'; set @bytes = 0x0102;
      set @price = 2.5678; set @moment = '2024-02-29 12:34:56.789'; set @big = 9007199254740993;
    end`);
});
afterAll(async () => {
  await main().execute("drop procedure mdb_outputs");
  await databases.close();
});

const outputs = {
  long: sql.inout("nvarchar(max)", "x".repeat(9_000)),
  short: sql.out("nvarchar(4)"),
  bytes: sql.out("varbinary(max)"),
  price: sql.out("decimal(10,2)"),
  moment: sql.out("datetime2"),
  big: sql.out("bigint"),
  n: 1,
};

describe("an output parameter", () => {
  it("comes in the length and with the digits that its type says, and as the type of a column would", async () => {
    const { out, returnValue } = await main().call("mdb_outputs", outputs);
    expect(out).toEqual({
      long: `abcdefghi${"x".repeat(9_000)}`,
      short: "abcd",
      bytes: Buffer.from([1, 2]),
      price: "2.57",
      moment: new Date("2024-02-29T12:34:56.789Z"),
      big: 9007199254740993n,
    });
    expect(returnValue).toBe(0);
  });

  it.each(["nvarchar", "ntext", "xml", "json", "varchar", "text"])(
    "of type %s without a length is not cut",
    async (type) => {
      const long = sql.inout(type, "x".repeat(9_000));
      const { out } = await main().call("mdb_outputs", { ...outputs, long });
      expect(String(out["long"])).toHaveLength(9_009);
    },
  );

  it("of a decimal without digits is refused before anything is sent: the server would round it to a whole number", async () => {
    for (const price of [sql.out("decimal"), sql.inout("numeric", "1.5")]) {
      await expect(main().call("mdb_outputs", { ...outputs, price })).rejects.toBeInstanceOf(ParameterError);
    }
  });

  it("that brings a longer value than it says is refused before anything is sent", async () => {
    const short = sql.inout("nvarchar(3)", "four");
    await expect(main().call("mdb_outputs", { ...outputs, short })).rejects.toBeInstanceOf(ValueError);
  });
});
