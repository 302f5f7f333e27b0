import type { KnownFromDocuments } from "./known-from-documents.ts";

/** A table of one column, made, filled and asked in one batch, and dropped whatever happens. */
function withTable(columns: string, work: string): string {
  return `create table #mdb_known (${columns}); ${work}; drop table #mdb_known`;
}

/** What the SQL Server adapter and the TDS server of the tests take from Microsoft's documents. */
export const statements: readonly KnownFromDocuments[] = [
  { sql: "select case when 'a' = 'A' then 1 else 0 end", expect: "1", dependsOn: "the default collation ignores case" },
  { sql: "select case when 'a' = 'a  ' then 1 else 0 end", expect: "1", dependsOn: "blanks at the end do not count" },
  {
    sql: "select case when 'abc' like 'A%' collate Latin1_General_100_BIN2 then 1 else 0 end",
    expect: "0",
    dependsOn: "LIKE has the collation that either side names",
  },
  { sql: "select iif(1 = 0, 1, 2.5)", expect: "2.5", dependsOn: "the test server refuses choices between types" },
  { sql: "select cast('' as int)", expect: "0", dependsOn: "the test server refuses conversions of an empty text" },
  {
    sql: "select cast(cast('0e984725-c51c-4bf4-9960-e1c80e27aba0wrong' as uniqueidentifier) as varchar(36))",
    expect: "0E984725-C51C-4BF4-9960-E1C80E27ABA0",
    dependsOn: "what stands behind a GUID is cut off",
  },
  { sql: "select cast(cast('$1,234.5' as money) as varchar(20))", expect: "1234.50", dependsOn: "text to money" },
  { sql: "select cast(N'a lot' as money)", expect: "235", dependsOn: "text that is no money is a value" },
  {
    sql: "exec sp_executesql N'set lock_timeout 77'; select @@lock_timeout",
    expect: "-1",
    dependsOn: "a text with parameters leaves no setting, and so needs no reset",
  },
  {
    sql: "exec sp_executesql N'use tempdb'; select case when db_name() = 'tempdb' then 1 else 0 end",
    expect: "0",
    dependsOn: "a text with parameters leaves its database",
  },
  {
    sql: "exec sp_executesql N'set context_info 0x4d'; select case when context_info() = cast(0x4d as binary(128)) then 1 else 0 end",
    expect: "1",
    dependsOn: "SET CONTEXT_INFO outlives sp_executesql, and marks the session",
  },
  {
    sql: "exec sp_executesql N'declare mdb_known cursor global for select 1'; select cursor_status('global', 'mdb_known'); deallocate mdb_known",
    expect: "-1",
    dependsOn: "a global cursor outlives sp_executesql",
  },
  {
    sql: "begin transaction; begin try select cast('a' as int) end try begin catch end catch",
    expect: "3998",
    dependsOn: "a doomed transaction is rolled back at the end of its batch",
  },
  {
    sql: withTable("id int", "insert into #mdb_known values (1); select nothing from #mdb_known"),
    expect: "207",
    dependsOn: "an unknown column of a table that is made in the same text is found when its statement runs",
  },
  {
    sql: withTable("b varbinary(10)", "declare @n nvarchar(10); insert into #mdb_known values (@n)"),
    expect: "257",
    dependsOn: "a NULL of which nobody says what it is goes as nvarchar, and its type is asked for after 257",
  },
  {
    sql: withTable("n int", "insert into #mdb_known values (1), (2); select rowcount_big()"),
    expect: "2",
    dependsOn: "counts of rows",
  },
  {
    sql: "select 1 where 1 = 2 order by 1 offset 0 rows fetch next 0 rows only",
    expect: "10744",
    dependsOn: "limit 0 is written without FETCH",
  },
  { sql: "select 1 as a order by (select null) offset 0 rows", expect: "1", dependsOn: "paging without an order" },
  {
    sql: "select t.nothing from (select 1 as n) as t",
    expect: "207",
    dependsOn: "an unknown column is an undefined object",
  },
  {
    sql: "select x.n from (select 1 as n) as t",
    expect: "4104",
    dependsOn: "an unknown table's name is an undefined object",
  },
  { sql: "select 'a' - 'b'", expect: "8117", dependsOn: "an operator that does not exist is an undefined object" },
  {
    sql: "select (select n from (values (1), (2)) as t(n))",
    expect: "512",
    dependsOn: "a subquery of two rows is a value",
  },
  {
    sql: "mdb_no_such_procedure 1",
    expect: "2812",
    dependsOn: "a text that begins with an unknown name has left nothing",
  },
  { sql: "select @mdb_nothing", expect: "137", dependsOn: "an unknown parameter is a parameter" },
  {
    sql: "select len((select 1 as n from (values (1)) as t(x) for json path))",
    expect: "9",
    dependsOn: "FOR JSON of a subquery is one value, where that of a whole text comes in pieces and is joined",
  },
  {
    sql: withTable(
      "id int primary key",
      "begin transaction; merge #mdb_known with (holdlock) as t using (values (1)) as s(id) on t.id = s.id when not matched then insert values (s.id); select case when count(*) > 0 then 1 else 0 end from sys.dm_tran_locks where request_session_id = @@spid and resource_type = 'KEY' and request_mode like 'Range%'; rollback",
    ),
    expect: "1",
    dependsOn:
      "HOLDLOCK locks the range of a key; the test server locks the whole table, and proves nothing about ranges",
  },
  {
    sql: "exec sp_getapplock @Resource = N'mdb_known', @LockMode = N'Exclusive', @LockOwner = N'Session'; select applock_mode(N'public', N'mdb_known', N'Session'); exec sp_releaseapplock @Resource = N'mdb_known', @LockOwner = N'Session'",
    expect: "Exclusive",
    dependsOn: "a lock of the session is there until it is released or the session is reset",
  },
  {
    sql: "exec sys.sp_set_session_context N'mdb.known', N'a', 1; exec sys.sp_set_session_context N'mdb.known', N'b'",
    expect: "15664",
    dependsOn: "a context that cannot be set is an error of its request, behind which nothing of a tenant is sent",
  },
  {
    sql: "exec sys.sp_set_session_context N'mdb.key', N'a'; exec sys.sp_set_session_context N'mdb.key', NULL; select coalesce(cast(session_context(N'mdb.key') as nvarchar(10)), N'nothing')",
    expect: "nothing",
    dependsOn: "a setting that one tenant has and the next has not is taken away by NULL",
  },
];
