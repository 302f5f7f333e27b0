import type { SessionSql } from "@nsj/mdb-testkit";
import { realUrl } from "./server.ts";

const temporary = "select case when object_id('tempdb..#left_behind') is null then 0 else 1 end";

/** What can be left in a session of SQL Server. */
export const sessionSql: SessionSql = {
  leftovers: [
    { what: "a setting", leave: "set lock_timeout 1234", ask: "select @@lock_timeout" },
    {
      what: "a value of the session context",
      leave: "exec sp_set_session_context @key = N'mdb', @value = N'changed'",
      ask: "select cast(session_context(N'mdb') as nvarchar(100))",
    },
    { what: "a temporary table", leave: "create table #left_behind (id int)", ask: temporary },
    { what: "a temporary table of rows", leave: "select 1 as id into #left_behind", ask: temporary },
    {
      what: "a lock",
      leave: "exec sp_getapplock @Resource = N'mdb', @LockMode = N'Exclusive', @LockOwner = N'Session'",
      ask: "select applock_mode(N'public', N'mdb', N'Session')",
    },
    {
      what: "an isolation level",
      leave: "set transaction isolation level serializable",
      // Our own server cannot do it there.
      ...(realUrl === undefined && { inTransaction: "never" as const }),
      ask: "select transaction_isolation_level from sys.dm_exec_sessions where session_id = @@spid",
    },
    { what: "another database", leave: "use master", ask: "select db_name()" },
  ],
  local: ["exec sp_getapplock @Resource = N'mdb', @LockMode = N'Exclusive', @LockOwner = N'Transaction'"],
  harmless: ["declare @n int; set @n = 1; select @n as n", "select 1 as [set]"],
};
