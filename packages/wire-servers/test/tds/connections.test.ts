import mssql from "mssql";
import { describe, expect, it } from "vitest";
import { useClient } from "./support/client.ts";

const { batch, newPool, server } = useClient({ accessTokens: ["a token"], databases: ["mdb", "other"] });

describe("logins", () => {
  it("are refused for a wrong password, user or database", async () => {
    for (const wrong of [{ password: "no" }, { user: "nobody" }, { database: "nowhere" }]) {
      const numbers: number[] = [];
      const beforeConnect = (connection: { on(event: string, listener: (it: { number: number }) => void): void }) => {
        connection.on("errorMessage", ({ number }) => numbers.push(number));
      };
      await expect(newPool({ ...wrong, beforeConnect } as Partial<mssql.config>)).rejects.toMatchObject({
        code: "ELOGIN",
      });
      expect(numbers.at(-1)).toBe(18_456);
      expect(numbers.includes(4060)).toBe("database" in wrong);
    }
  });

  it("take a token of Azure Active Directory", async () => {
    const token = (text: string) => ({
      authentication: { type: "azure-active-directory-access-token" as const, options: { token: text } },
      options: { encrypt: true, trustServerCertificate: true },
    });
    const pool = await newPool(token("a token") as Partial<mssql.config>);
    await pool.close();
    await expect(newPool(token("another") as Partial<mssql.config>)).rejects.toMatchObject({ code: "ELOGIN" });
  });

  it("say who and where they are", async () => {
    const { recordset } = await batch("select db_name() as d, app_name() as a, @@spid as s");
    expect(recordset).toEqual([{ d: "mdb", a: "node-mssql", s: expect.any(Number) }]);
  });
});

describe("encryption", () => {
  it("is TLS inside of PRELOGIN, with a certificate that can be trusted", async () => {
    const ca = server().certificate;
    const pool = await newPool({ options: { encrypt: true, cryptoCredentialsDetails: { ca } } as mssql.IOptions });
    const long = "x".repeat(100_000);
    const { recordset } = await pool.request().input("a", mssql.NVarChar(mssql.MAX), long).query("select @a as a");
    expect(recordset).toEqual([{ a: long }]);
    await pool.close();
    await expect(newPool({ options: { encrypt: true } })).rejects.toMatchObject({ code: "ESOCKET" });
  });

  it("is TLS from the first byte on where the client is strict", async () => {
    const ca = server().certificate;
    const options = { encrypt: "strict", cryptoCredentialsDetails: { ca } } as unknown as mssql.IOptions;
    const pool = await newPool({ options });
    expect((await pool.request().query("select 1 as one")).recordset).toEqual([{ one: 1 }]);
    await pool.close();
  });
});

describe("sessions", () => {
  it("can be ended by others, with error 596 for whoever waits", async () => {
    const victim = await newPool();
    const { recordset } = await victim.request().query<{ spid: number }>("select @@spid as spid");
    const waiting = victim.request().batch("waitfor delay '00:01:00'");
    const observed = expect(waiting).rejects.toMatchObject({ number: 596 });
    await new Promise<void>((resolve) => {
      const stop = server().record(({ text }) => {
        if (!text.startsWith("waitfor")) return;
        stop();
        resolve();
      });
    });
    await batch(`kill ${recordset[0]?.spid}`);
    await observed;
    await victim.close();
  });

  it("are reset by the bit of the next request", async () => {
    await batch("create table #kept (id int); begin transaction; exec sp_set_session_context N'k', N'v'");
    const pool = await newPool();
    const { acquire, release, config } = pool as unknown as {
      acquire(requester: object): Promise<{ reset(done: (error?: Error) => void): void }>;
      release(connection: unknown): void;
      config: object;
    };
    const connection = await acquire.call(pool, {});
    // mssql's own classes take anything that hands out a connection.
    const parent = {
      acquire: (_: unknown, done: (...all: unknown[]) => void) => done(null, connection, config),
      release() {},
      connected: true,
      config,
    };
    const request = (text: string) => new mssql.Request(parent as unknown as mssql.ConnectionPool).batch(text);
    await request("create table #own (id int); begin transaction");
    await new Promise<void>((resolve, reject) => connection.reset((error) => (error ? reject(error) : resolve())));
    expect((await request("select @@trancount as n")).recordset).toEqual([{ n: 0 }]);
    await expect(request("select * from #own")).rejects.toMatchObject({ number: 208 });
    release.call(pool, connection);
    await pool.close();
    expect((await batch("select count(*) as n from #kept")).recordset).toEqual([{ n: 0 }]);
    await batch("rollback; drop table #kept");
  });

  it("stop what runs at an attention, and go on", async () => {
    const pool = await newPool();
    for (const text of [
      "waitfor delay '00:01:00'",
      "select count(*) from (values (1)) as a(n) where 1 = 0; waitfor delay '00:01:00'",
    ]) {
      const request = pool.request();
      const running = request.batch(text);
      const observed = expect(running).rejects.toMatchObject({ code: "ECANCEL" });
      await new Promise<void>((resolve) => {
        const stop = server().record(() => {
          stop();
          resolve();
        });
      });
      request.cancel();
      await observed;
      expect((await pool.request().query("select 1 as one")).recordset).toEqual([{ one: 1 }]);
    }
    await pool.close();
  });
});

describe("scripts", () => {
  it("take a statement's place", async () => {
    const { script } = server();
    script.once("select scripted", {
      rows: {
        columns: { a: "int", d: "decimal(38,10)", t: "datetime2(7)", b: "varbinary(10)" },
        rows: [
          [1, "1.5", "2024-01-02 03:04:05.1234567", "0xff"],
          [null, null, null, null],
        ],
      },
    });
    const { recordset } = await batch("select scripted");
    expect(recordset[0]).toMatchObject({ a: 1, d: 1.5, b: Buffer.from([0xff]) });
    expect(recordset[1]).toEqual({ a: null, d: null, t: null, b: null });
    script.once(/^select scripted/, { error: { number: 40_613, message: "not now" } });
    await expect(batch("select scripted error")).rejects.toMatchObject({ number: 40_613, message: "not now" });
    script.once("update scripted", { affected: 5 });
    expect((await batch("update scripted")).rowsAffected).toEqual([5]);
    expect(script.unused).toEqual([]);
  });
});

describe("bulk loads", () => {
  it("bring rows of every type", async () => {
    await batch(
      "create table loaded (id int identity(1, 1), n int not null, s nvarchar(20), d decimal(10, 2) default 1, t datetime2(3), b varbinary(4), v varchar(10))",
    );
    const table = new mssql.Table("loaded");
    table.columns.add("n", mssql.Int, { nullable: false });
    table.columns.add("s", mssql.NVarChar(20));
    table.columns.add("d", mssql.Decimal(10, 2));
    table.columns.add("t", mssql.DateTime2(3));
    table.columns.add("b", mssql.VarBinary(4));
    table.columns.add("v", mssql.VarChar(10));
    const at = new Date("2024-01-02T03:04:05.678Z");
    for (let n = 0; n < 2_000; n++) table.rows.add(n, `s${n}`, n === 0 ? null : 1.25, at, Buffer.from([1]), "é");
    const pool = await newPool();
    expect((await pool.request().bulk(table)).rowsAffected).toBe(2_000);
    await pool.close();
    const { recordset } = await batch("select top 2 id, n, s, d, t, b, v from loaded order by id");
    expect(recordset).toEqual([
      // A NULL takes the column's default, unless the client wants it kept.
      { id: 1, n: 0, s: "s0", d: 1, t: at, b: Buffer.from([1]), v: "é" },
      { id: 2, n: 1, s: "s1", d: 1.25, t: at, b: Buffer.from([1]), v: "é" },
    ]);
  });
});
