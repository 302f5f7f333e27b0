import mssql from "mssql";
import { describe, expect, it } from "vitest";
import { useClient } from "./support/client.ts";

const { batch, client } = useClient();

describe("FETCH", () => {
  it("wants at least one row", async () => {
    const text = "select n from (values (1), (2)) as v (n) order by n offset 1 rows fetch next";
    expect((await batch(`${text} 1 rows only`)).recordset).toEqual([{ n: 2 }]);
    await expect(batch(`${text} 0 rows only`)).rejects.toMatchObject({ number: 10744 });
  });
});

describe("the rows of VALUES", () => {
  it("have one type in each column, the one that ranks highest, and lose what it cannot hold", async () => {
    const { recordset } = await client()
      .request()
      .input("big", mssql.BigInt, "9007199254740993")
      .input("text", mssql.NVarChar(40), "9007199254740993")
      .input("half", mssql.Float, 0.5)
      .input("none", mssql.NVarChar(40), null)
      .query("select a, b from (values (@big, 1), (@text, @none), (@half, 2)) as v (a, b)");
    expect(recordset).toEqual([
      { a: 9007199254740992, b: 1 },
      { a: 9007199254740992, b: null },
      { a: 0.5, b: 2 },
    ]);
  });

  it("are so in an INSERT too", async () => {
    await batch("create table mixed_values (d decimal(38, 4))");
    await client()
      .request()
      .input("text", mssql.NVarChar(40), "1")
      .input("number", mssql.Int, 2)
      .query("insert into mixed_values values (@text), (@number)");
    expect((await batch("select d from mixed_values")).recordset).toEqual([{ d: 1 }, { d: 2 }]);
    const failing = client()
      .request()
      .input("text", mssql.NVarChar(40), "1.5")
      .input("number", mssql.Int, 2)
      .query("insert into mixed_values values (@text), (@number)");
    await expect(failing).rejects.toMatchObject({ number: 245 });
  });
});
