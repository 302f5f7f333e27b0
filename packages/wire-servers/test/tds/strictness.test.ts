import mssql from "mssql";
import { describe, expect, it } from "vitest";
import { useClient } from "./support/client.ts";

const { batch, client, newPool, query, server } = useClient();

/** The first value of the first row. */
async function value(text: string): Promise<unknown> {
  return Object.values((await batch(text)).recordset[0] ?? {})[0];
}

// https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/7091f6f6-b83d-4ed2-afeb-ba5013dfb18f
describe("an output parameter", () => {
  it("comes as the type that the caller has declared: texts are cut, decimals rounded", async () => {
    await batch(
      "create procedure outs @t nvarchar(max) output, @d decimal(18, 4) output as set @t = 'abcdef'; set @d = 2.5678",
    );
    const call = (text: mssql.ISqlType, number: mssql.ISqlType) =>
      client().request().output("t", text).output("d", number).execute("outs");
    expect((await call(mssql.NVarChar(3), mssql.Decimal(18, 0))).output).toEqual({ t: "abc", d: 3 });
    expect((await call(mssql.NVarChar(mssql.MAX), mssql.Decimal(18, 3))).output).toEqual({ t: "abcdef", d: 2.568 });
    await batch("drop procedure outs");
  });
});

// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors-3000-to-3999
describe("a doomed transaction", () => {
  const doomed = "begin try select cast('a' as int) end try begin catch select xact_state() as state end catch";

  it("is rolled back at the end of its batch, with error 3998", async () => {
    await batch("create table left_over (id int)");
    await expect(batch(`begin transaction; insert into left_over values (1); ${doomed}`)).rejects.toMatchObject({
      number: 3998,
    });
    expect(await value("select @@trancount")).toBe(0);
    expect(await value("select count(*) from left_over")).toBe(0);
  });

  it("is so at the end of a text with parameters", async () => {
    const transaction = new mssql.Transaction(client());
    transaction.on("error", () => {});
    await transaction.begin();
    await expect(transaction.request().input("p", 1).query(`select @p as p; ${doomed}`)).rejects.toMatchObject({
      number: 3998,
    });
    await expect(transaction.commit()).rejects.toMatchObject({ code: "EABORT" });
    expect(await value("select @@trancount")).toBe(0);
  });
});

describe("an attention", () => {
  it.each([
    ["on", 0],
    ["off", 1],
  ])("under XACT_ABORT %s leaves %i transactions", async (setting, left) => {
    const pool = await newPool();
    await pool.request().batch(`set xact_abort ${setting}; begin transaction`);
    const texts: string[] = [];
    const stop = server().record(({ text }) => texts.push(text));
    const request = pool.request();
    const waiting = request.batch("waitfor delay '00:01:00'");
    await expect.poll(() => texts).toContainEqual(expect.stringContaining("waitfor"));
    request.cancel();
    await expect(waiting).rejects.toMatchObject({ code: "ECANCEL" });
    expect((await pool.request().batch("select @@trancount as n")).recordset).toEqual([{ n: left }]);
    stop();
    await pool.close();
  });
});

// https://learn.microsoft.com/sql/t-sql/statements/set-nocount-transact-sql
describe("a trigger without NOCOUNT", () => {
  it("tells how many rows its own statements have changed, before the statement that it belongs to", async () => {
    await batch("create table told (id int); create table log_of_told (id int)");
    await batch(
      "create trigger tells on told after insert as insert into log_of_told select id from inserted; delete from log_of_told",
    );
    await batch("insert into log_of_told values (8), (9)");
    expect((await batch("insert into told values (1)")).rowsAffected).toEqual([1, 3, 1]);
    expect((await batch("set nocount on; insert into told values (1); set nocount off")).rowsAffected).toEqual([]);
    await batch("drop table told; drop table log_of_told");
  });
});

describe("the names of a batch", () => {
  it("are looked up before it starts: nothing of it happens where a column or a variable is missing", async () => {
    await batch("create table looked (id int)");
    const insert = "insert into looked values (1)";
    await expect(batch(`${insert}; select nothing from looked`)).rejects.toMatchObject({ number: 207 });
    await expect(batch(`${insert}; update looked set id = @nothing`)).rejects.toMatchObject({ number: 137 });
    await expect(query(`${insert}; select nothing, @p from looked`, { p: 1 })).rejects.toMatchObject({ number: 207 });
    expect(await value("select count(*) from looked")).toBe(0);
  });

  it("of tables wait until their statement runs", async () => {
    await expect(batch("insert into looked values (1); select * from no_such_table")).rejects.toMatchObject({
      number: 208,
    });
    expect(await value("select count(*) from looked")).toBe(1);
    expect(await value("create table fresh (n int); insert into fresh values (7); select n from fresh")).toBe(7);
  });
});

describe("a conversion", () => {
  const guid = "0e984725-c51c-4bf4-9960-e1c80e27aba0";

  // https://learn.microsoft.com/sql/t-sql/data-types/uniqueidentifier-transact-sql
  it("to a GUID cuts off what stands behind it, and takes no other form", async () => {
    expect(await value(`select cast('${guid}wrong' as uniqueidentifier)`)).toBe(guid.toUpperCase());
    const compact = `select cast('${guid.replaceAll("-", "")}' as uniqueidentifier)`;
    await expect(batch(compact)).rejects.toMatchObject({ number: 8169 });
  });

  // https://learn.microsoft.com/sql/t-sql/data-types/money-and-smallmoney-transact-sql
  it("to money skips signs of currency and commas, and has an error of its own", async () => {
    expect(await value("select cast('$1,234.5' as money)")).toBe(1234.5);
    await expect(batch("select cast('a lot' as money)")).rejects.toMatchObject({ number: 235 });
  });
});

// https://learn.microsoft.com/sql/t-sql/statements/collation-precedence-transact-sql
describe("LIKE", () => {
  it("tells letters by their case under a binary collation, whichever side names it", async () => {
    const matches = (condition: string) => value(`select count(*) from (values (1)) as v(n) where ${condition}`);
    expect(await matches("'abc' like 'A%'")).toBe(1);
    expect(await matches("'abc' collate Latin1_General_100_BIN2 like 'A%'")).toBe(0);
    expect(await matches("'abc' like 'A%' collate Latin1_General_100_BIN2")).toBe(0);
  });
});
