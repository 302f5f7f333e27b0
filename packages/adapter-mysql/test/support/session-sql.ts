import type { SessionSql } from "@nsj/mdb-testkit";

const variable = "select ifnull(@mdb_tenant, 'none')";
const lock = "select get_lock('mdb_left_behind', 0)";
const locked = "select is_used_lock('mdb_left_behind') <=> connection_id()";

/** What can be left in a session. */
export const sessionSql = (isMariadb: boolean): SessionSql => ({
  leftovers: [
    { what: "a setting", leave: "set sql_select_limit = 77", ask: "select @@sql_select_limit" },
    {
      what: "a setting of the session",
      leave: "set session lock_wait_timeout = 78",
      ask: "select @@lock_wait_timeout",
    },
    { what: "a setting by its name", leave: "set @@session.lock_wait_timeout = 79", ask: "select @@lock_wait_timeout" },
    { what: "a variable", leave: "set @mdb_tenant = 'changed'", ask: variable },
    {
      what: "a variable of a query",
      leave: "select @mdb_tenant := 'changed'",
      query: "select @mdb_tenant := 'changed'",
      ask: variable,
    },
    { what: "a variable that a query fills", leave: "select 'changed' into @mdb_tenant", ask: variable },
    { what: "the zone of local times", leave: "set time_zone = '+05:00'", ask: "select @@time_zone" },
    { what: "the characters of texts", leave: "set names latin1", ask: "select @@character_set_results" },
    { what: "lax modes", leave: "set sql_mode = ''", ask: "select @@sql_mode" },
    {
      what: "an isolation level",
      leave: "set session transaction isolation level serializable",
      ask: `select @@session.${isMariadb ? "tx" : "transaction"}_isolation`,
    },
    { what: "another database", leave: "use mysql", ask: "select database()" },
    {
      // No catalogue lists it; but it hides a table of the same name, which has no rows.
      what: "a temporary table",
      leave: "create temporary table mysql.servers as select 1 as id",
      ask: "select count(*) from mysql.servers",
    },
    { what: "a lock", leave: lock, query: lock, ask: locked },
    { what: "a lock that nobody looks at", leave: "do get_lock('mdb_left_behind', 0)", ask: locked },
  ],
  harmless: ["select 'get_lock(1)'", "show variables like 'sql_mode'", "select 1 /* set @x := 1 */"],
});
