import type { SessionSql } from "@nsj/mdb-testkit";

const temporary = "select count(*) from sqlite_temp_schema";

/** What can be left in a session of SQLite. */
export const sessionSql: SessionSql = {
  leftovers: [
    { what: "a pragma", leave: "pragma recursive_triggers = on", ask: "pragma recursive_triggers" },
    { what: "a pragma as a call", leave: "pragma main.cache_size(17)", ask: "pragma cache_size" },
    {
      what: "foreign keys that nobody checks",
      leave: "pragma foreign_keys = off",
      ask: "pragma foreign_keys",
      // SQLite ignores it there.
      inTransaction: "never",
    },
    { what: "a temporary table", leave: "create temp table left_behind (id integer)", ask: temporary },
    { what: "a temporary table of rows", leave: "create table temp.left_behind as select 1", ask: temporary },
    { what: "a temporary view", leave: "create temporary view left_behind as select 1", ask: temporary },
    {
      what: "an attached database",
      leave: "attach ':memory:' as left_behind",
      ask: "select count(*) from pragma_database_list where name = 'left_behind'",
    },
  ],
  local: ["pragma defer_foreign_keys = on"],
  harmless: [
    "pragma recursive_triggers",
    "pragma table_info('sqlite_schema')",
    "select * from pragma_database_list",
    "explain create temp table left_behind (id integer)",
  ],
};
