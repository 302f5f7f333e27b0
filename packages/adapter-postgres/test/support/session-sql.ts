import type { SessionSql } from "@nsj/mdb-testkit";

const tenant = "select coalesce(nullif(current_setting('mdb.tenant', true), ''), 'none')";
const temporary = "select to_regclass('pg_temp.left_behind') is not null";
const locks = "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()";
const variable = "select set_config('mdb.tenant', 'changed', false)";
const lock = "select pg_advisory_lock(4711)";
const sharedLock = "select pg_catalog.pg_try_advisory_lock_shared(4711)";

/** What can be left in a session of PostgreSQL. */
export const sessionSql: SessionSql = {
  leftovers: [
    // The server reports a change of this one by itself.
    { what: "a reported setting", leave: "set application_name = 'changed'", ask: "show application_name" },
    { what: "a setting", leave: "set work_mem = '5MB'", ask: "show work_mem" },
    { what: "a setting of the session", leave: "set session work_mem to '6MB'", ask: "show work_mem" },
    { what: "another schema", leave: "set search_path to pg_catalog", ask: "show search_path" },
    { what: "a variable", leave: variable, query: variable, ask: tenant },
    {
      what: "a variable of a block",
      leave: "do $$ begin perform set_config('mdb.tenant', 'changed', false); end $$",
      ask: tenant,
    },
    { what: "a role", leave: "set role pg_monitor", ask: "select current_user" },
    { what: "an authorization", leave: "set session authorization pg_monitor", ask: "select session_user" },
    {
      what: "an isolation level",
      leave: "set session characteristics as transaction isolation level serializable",
      ask: "show default_transaction_isolation",
    },
    { what: "a temporary table", leave: "create temp table left_behind (id integer)", ask: temporary },
    { what: "a temporary table of rows", leave: "select 1 as id into temp left_behind", ask: temporary },
    { what: "a temporary view", leave: "create or replace temporary view left_behind as select 1", ask: temporary },
    { what: "a temporary sequence", leave: "create temporary sequence left_behind", ask: temporary },
    { what: "a lock", leave: lock, query: lock, ask: locks },
    { what: "a shared lock", leave: sharedLock, query: sharedLock, ask: locks },
    {
      what: "a listener",
      leave: "listen left_behind",
      ask: "select count(*) from pg_listening_channels()",
      inTransaction: "at-commit",
    },
    {
      what: "a cursor",
      leave: "declare left_behind cursor with hold for select 1",
      ask: "select count(*) from pg_cursors where name = 'left_behind'",
    },
    {
      what: "a prepared statement",
      leave: "prepare left_behind as select 1",
      ask: "select count(*) from pg_prepared_statements where name = 'left_behind'",
    },
  ],
  local: [
    "set local work_mem = '5MB'",
    "set transaction isolation level serializable",
    "set constraints all deferred",
    "select set_config('mdb.tenant', 'changed', true)",
    "select pg_advisory_xact_lock(4711)",
    "declare left_behind cursor for select 1",
  ],
  harmless: ["show work_mem", "select 'listen'", "notify left_behind"],
};
