import type { SessionSql } from "@nsj/mdb-testkit";
import type { TestServer } from "./server.ts";

const dateFormat = "select to_char(date '2026-01-02') from dual";

/** What can be left in a session of Oracle and put back. A block that runs text is told by the adapter's own tests: its connection is closed. */
export const sessionSql = ({ isOwn }: TestServer): SessionSql => ({
  leftovers: [
    { what: "a date format", leave: "alter session set nls_date_format = 'DD/MM/YYYY'", ask: dateFormat },
    {
      what: "a time zone",
      leave: "alter session set time_zone = '+05:00'",
      ask: "select sessiontimezone from dual",
    },
    {
      what: "a current schema",
      // A schema that every server of the kind has.
      leave: `alter session set current_schema = ${isOwn ? '"ora"' : "sys"}`,
      ask: "select sys_context('userenv', 'current_schema') from dual",
    },
  ],
  local: ["set transaction isolation level serializable"],
  harmless: ["begin null; end;", "select 'alter session' from dual"],
});
