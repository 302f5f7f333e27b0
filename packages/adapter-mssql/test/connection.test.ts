import { type DriverConnection, type ResultSet, unlimited } from "@nsj/mdb-core";
import native from "mssql";
import { describe, expect, it } from "vitest";
import { type MssqlOptions, mssqlDriver } from "../src/index.ts";
import { useConnection } from "./support/connection.ts";
import { realUrl, useServer } from "./support/server.ts";

const server = useServer();
const connect = useConnection((more: MssqlOptions) => mssqlDriver.connector(server.options(more)));
const run = (connection: DriverConnection, text: string, values: readonly number[] = []) =>
  Promise.resolve(connection.query({ text, values }, unlimited));

function all(first: ResultSet): ResultSet[] {
  return first.next === undefined ? [first] : [first, ...all(first.next)];
}

describe("a connection", () => {
  it("costs one login and no validating query", async (context) => {
    if (server.wire === undefined) context.skip("only our own server counts logins");
    const before = server.wire?.logins ?? 0;
    const texts: string[] = [];
    const stop = server.wire?.record((request) => texts.push(request.text));
    const connection = await connect();
    for (let round = 0; round < 3; round++) await run(connection, "select 1");
    stop?.();
    expect((server.wire?.logins ?? 0) - before).toBe(1);
    expect(texts.slice(-3)).toEqual(["select 1", "select 1", "select 1"]);
    expect(texts.length).toBe(4);
  });

  it("hands mssql's own classes a parent that is pinned to it", async () => {
    const connection = await connect();
    const parent = connection.raw?.() as native.ConnectionPool;
    const [[own]] = (await run(connection, "select @@spid")).rows as [[number]];
    const { recordset } = await new native.Request(parent)
      .input("a", native.Int, 41)
      .query("select @@spid as spid, @a + 1 as b");
    expect(recordset).toEqual([{ spid: own, b: 42 }]);
    const transaction = new native.Transaction(parent);
    await transaction.begin();
    expect(connection.txStatus).toBe("active");
    await transaction.rollback();
    expect(connection.txStatus).toBe("idle");
  });

  it("takes its password from a function, anew each time", async (context) => {
    if (realUrl !== undefined) context.skip("the URL holds the password");
    let asked = 0;
    const password = async () => {
      asked += 1;
      return server.password;
    };
    await connect({ password });
    await connect({ password });
    expect(asked).toBe(2);
  });

  it("knows a transaction that SQL text has begun and ended", async () => {
    const connection = await connect();
    await run(connection, "begin transaction");
    expect(connection.txStatus).toBe("active");
    await run(connection, "commit");
    expect(connection.txStatus).toBe("idle");
  });
});

describe("encryption", () => {
  it.for([true, "strict"] as const)("%j works with a certificate that is trusted", async (encrypt, context) => {
    if (server.wire === undefined) return context.skip("of a real server the certificate is not known");
    const options = { cryptoCredentialsDetails: { ca: server.wire.certificate } };
    const connection = await connect({ encrypt, options });
    expect((await run(connection, "select 1")).rows).toEqual([[1]]);
    await expect(connect({ encrypt })).rejects.toSatisfy((error) => {
      const { kind, retry } = mssqlDriver.classify(error);
      return kind === "refused" && retry === "never";
    });
  });
});

describe("results", () => {
  it("of several statements come one after another", async () => {
    const connection = await connect();
    const sets = all(
      await run(
        connection,
        "create table #s (id int); insert into #s values (1), (2); select id from #s order by id; update #s set id = 3",
      ),
    );
    expect(sets.map(({ affected, rows }) => [affected, rows])).toEqual([
      [2, []],
      [2, [[1], [2]]],
      [2, []],
    ]);
  });

  it("without parameters leave a temporary table behind, and with parameters do not", async () => {
    const connection = await connect();
    await run(connection, "create table #kept (id int)");
    expect((await run(connection, "select count(*) from #kept")).rows).toEqual([[0]]);
    await run(connection, "create table #lost (id int); insert into #lost values (@p1)", [1]);
    await expect(run(connection, "select count(*) from #lost")).rejects.toMatchObject({ number: 208 });
  });

  it("carry what OUTPUT gives", async () => {
    const connection = await connect();
    await run(connection, "create table #o (id int identity(5, 5), n int)");
    const { rows, affected } = await run(
      connection,
      "insert into #o (n) output inserted.id, inserted.n values (@p1), (@p2)",
      [7, 8],
    );
    expect([rows, affected]).toEqual([
      [
        [5, 7],
        [10, 8],
      ],
      2,
    ]);
    expect((await run(connection, "update #o set n += 1 output deleted.n, inserted.n where id = 5")).rows).toEqual([
      [7, 8],
    ]);
    expect((await run(connection, "delete from #o output deleted.id where n > @p1", [7])).rows).toHaveLength(2);
  });

  it("count rows also after a text that has switched counts off, for whoever comes next", async () => {
    const connection = await connect();
    await run(connection, "create table #q (id int); insert into #q values (1), (2)");
    await run(connection, "set nocount on; delete from #q where id = 2");
    expect((await run(connection, "update #q set id = 3")).affected).toBe(1);
    expect((await run(connection, "update #q set id = @p1", [4])).affected).toBe(1);
  });

  it("count one statement's own rows", async () => {
    const connection = await connect();
    await run(connection, "create table #c (id int)");
    expect((await run(connection, "insert into #c select n from (values (1), (2), (3)) as v(n)")).affected).toBe(3);
    expect((await run(connection, "delete from #c where id > 5")).affected).toBe(0);
  });
});

describe("procedures", () => {
  it("give result sets, output parameters and their return value", async () => {
    const connection = await connect();
    const name = "adapter_procedure";
    await run(connection, `drop procedure if exists ${name}`);
    await run(
      connection,
      `create procedure ${name} @from int, @price decimal(38, 10) output, @note nvarchar(20) = N'none' as
       begin
         select @from as a;
         set @price = @price * 2;
         select @note as note;
         return 7;
       end`,
    );
    const parameters = [
      { name: "price", value: "1234567890123456789.0123456789", direction: "inout", type: "decimal(38, 10)" },
      { name: "@from", value: 3 },
    ] as const;
    const result = await connection.call?.({ procedure: ["dbo", name], parameters }, unlimited);
    expect(result && all(result).map(({ rows }) => rows)).toEqual([[[3]], [["none"]]]);
    expect(result?.out).toEqual({ price: "2469135780246913578.0246913578" });
    expect(result?.returnValue).toBe(7);
    await run(connection, `drop procedure ${name}`);
  });

  it("need a type for what comes out", async () => {
    const connection = await connect();
    const parameters = [{ name: "a", value: null, direction: "out" }] as const;
    await expect(connection.call?.({ procedure: ["p"], parameters }, unlimited)).rejects.toThrow('"a" needs a type');
  });
});
