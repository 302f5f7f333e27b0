import { DatabaseManager, unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type MssqlOptions, mssql, mssqlDriver } from "../src/index.ts";
import { tracesOf } from "../src/traces.ts";
import { useConnection } from "./support/connection.ts";
import { useServer } from "./support/server.ts";

describe("a batch", () => {
  it.each([
    "set lock_timeout 1000",
    "SELECT 1 SET ROWCOUNT 5",
    "set quoted_identifier, ansi_nulls off",
    "set language 'Deutsch'",
    "set deadlock_priority -5",
    "declare @n int = 5 set rowcount @n",
    "set transaction isolation level serializable",
    "/* why */ set -- now\n identity_insert [dbo].[t] on",
    "create table #t (id int)",
    "create table tempdb..#t (id int)",
    "create table [#t] (id int)",
    "select 1 as id into #t",
    "select 1 as id into ##t",
    "create procedure #p as select 1",
    "exec dbo.do_something",
    "execute ('select 1')",
    "declare @r int; exec @r = do_something",
    "insert into t exec do_something",
    "exec sp_set_session_context N'tenant', 7",
    "exec sp_getapplock @Resource = N'x', @LockMode = N'Exclusive', @LockOwner = 'Session'",
    "exec sp_getapplock @Resource = N'x', @LockMode = N'Exclusive', @LockOwner = @owner",
    "exec sp_getapplock N'x', N'Exclusive', N'Session'",
    "exec sp_getapplock @Resource = N'x', @LockMode = N'Shared' exec do_something",
    "declare c cursor for select 1",
    "open symmetric key k decryption by certificate c",
    "dbcc traceon (1222)",
  ])("leaves what a reset puts back: %s", (text) => {
    expect(tracesOf(text, "batch")).toBe("something");
  });

  it.each(["do_something", "dbo.do_something 1, 2", "/* why */ [do something]", "sp_who"])(
    "that begins with a name calls a procedure, if there is one: %s",
    (text) => {
      expect(tracesOf(text, "batch")).toBe("something if it exists");
    },
  );

  it.each(["execute as user = 'clerk'", "EXEC AS LOGIN = 'x'", "setuser 'x'", "exec sp_setapprole 'a', 'b'"])(
    "leaves what ends with the session only: %s",
    (text) => {
      expect(tracesOf(text, "batch")).toBe("lasting");
      expect(tracesOf(text, "sp_executesql")).toBe("lasting");
    },
  );

  it.each([
    "update t set lock_timeout = 5, n -= 1",
    "update t set n -= 1, m += 2",
    "update t set a.n=1 from t as a",
    "update t set doc.write(N'x', 0, 1)",
    "declare @n int; set @n = 1; select @n",
    "declare @c cursor; set @c = cursor local for select 1",
    "declare c cursor local for select 1",
    "create table t (id int references u on delete set null on update set default)",
    "merge t using s on t.id = s.id when matched then update set n = 1;",
    "select 'set lock_timeout 5; exec x' as [set], [#x] from [exec]",
    "insert into t (n) values (N'create table #t')",
    "alter procedure p as begin set nocount on; exec q; create table #t (id int) end",
    "create or alter trigger t on u after insert as exec q",
    "exec sp_getapplock @Resource = N'x', @LockMode = N'Exclusive'",
    "exec sys.sp_getapplock @Resource = N'session', @LockMode = N'Shared', @LockOwner = N'Transaction'",
    "exec sp_releaseapplock @Resource = N'x'",
    "select n from t order by n offset 5 rows",
    "truncate table t; waitfor delay '0:0:1'; if 1 = 1 print 'x'",
    "again: goto again",
    "(select 1)",
    "-- nothing",
  ])("leaves nothing: %s", (text) => {
    expect(tracesOf(text, "batch")).toBe("nothing");
  });
});

describe("a text with parameters", () => {
  it.each(["set rowcount 5 select @p1", "use master select @p1", "select @p1 as id into #t"])(
    "leaves nothing of what ends with sp_executesql: %s",
    (text) => {
      expect(tracesOf(text, "sp_executesql")).toBe("nothing");
    },
  );

  it.each([
    "exec sp_set_session_context @key = N'tenant', @value = @p1",
    "set context_info @p1",
    "select @p1 as id into ##t",
    "declare c cursor for select @p1",
    "exec do_something @p1",
  ])("leaves what outlives that: %s", (text) => {
    expect(tracesOf(text, "sp_executesql")).toBe("something");
  });
});

describe("a connection", () => {
  // Identities and procedures are by script.
  const server = useServer({ wireOnly: true });
  const connect = useConnection((more: MssqlOptions) => mssqlDriver.connector(server.options(more)));
  const run = (connection: Awaited<ReturnType<typeof connect>>, text: string) =>
    Promise.resolve(connection.query({ text, values: [] }, unlimited));

  it("is clean after the name of a procedure that does not exist, unless it was not before", async () => {
    const connection = await connect();
    await expect(run(connection, "no_such_procedure 1")).rejects.toMatchObject({ number: 2812 });
    expect(connection.dirty).toBe(false);
    await run(connection, "set lock_timeout 5");
    await expect(run(connection, "no_such_procedure 1")).rejects.toMatchObject({ number: 2812 });
    expect(connection.dirty).toBe(true);
  });

  it("is back in its database by itself, and so clean, when a text with parameters has used another", async () => {
    const connection = await connect();
    const statement = { text: "use master; select db_name() as d, @p1 as p", values: [1] };
    expect((await connection.query(statement, unlimited)).rows).toEqual([["master", 1]]);
    expect(connection.dirty).toBe(false);
    expect((await run(connection, "select db_name()")).rows).toEqual([["mdb"]]);
    await run(connection, "use master");
    expect(connection.dirty).toBe(true);
    await run(connection, "use mdb");
    expect(connection.dirty).toBe(false);
  });

  it("that has called a procedure is not clean: what it did inside cannot be seen", async () => {
    const connection = await connect();
    await run(connection, "create procedure dbo.leaver as exec sp_set_session_context N'k', 1");
    expect(connection.dirty).toBe(false);
    await connection.call?.({ procedure: ["dbo", "leaver"], parameters: [] }, unlimited);
    expect(connection.dirty).toBe(true);
    await run(connection, "drop procedure dbo.leaver");
  });

  it("on which somebody took on an identity is closed, and not lent again", async () => {
    server.wire?.script.once("execute as user = 'clerk'", { affected: 0 });
    const databases = new DatabaseManager({ main: mssql({ ...server.options(), pool: { max: 1 } }) });
    try {
      const { main } = { main: databases.database("main") };
      const spid = () => main.queryScalar("select @@spid");
      const first = await spid();
      await main.execute("execute as user = 'clerk'");
      expect(await spid()).not.toBe(first);
    } finally {
      await databases.close();
    }
  });
});
