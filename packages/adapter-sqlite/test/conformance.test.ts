import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance, type Subject } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type SqliteOptions, sqliteDriver } from "../src/index.ts";

const directory = mkdtempSync(join(tmpdir(), "mdb-sqlite-"));
afterAll(() => rmSync(directory, { recursive: true }));

const runner = { describe, it, before: beforeAll, after: afterAll };
const filename = join(directory, "conformance.db");

const subject: Subject<SqliteOptions> = {
  driver: sqliteDriver,
  options: () => ({ filename }),
  url: () => `sqlite:///${filename}`,
  wrong: { database: () => ({ filename: join(directory, "missing.db"), fileMustExist: true }) },
  types: {
    integer: "integer",
    bigint: "bigint",
    decimal: "decimal_text(38, 10)",
    float: "double precision",
    text: "varchar(2000)",
    longText: "text",
    bytes: "blob",
    date: "date",
    time: "time",
    timestamp: "timestamp",
    timestamptz: "timestamp with time zone",
    json: "json",
    uuid: "uuid",
  },
  sql: {
    series: (count) =>
      `with recursive series (n) as (select 1 union all select n + 1 from series where n < ${count}) select n from series`,
    identityKey: "integer primary key",
    version: "select sqlite_version()",
    failMidway: (count, at) =>
      `with recursive series (n) as (select 1 union all select n + 1 from series where n < ${count})
       select case when n = ${at} then abs(-9223372036854775807 - 1) else n end as n from series`,
    openTransaction: (table) => ["begin", `insert into ${table} (id) values (1)`],
    session: {
      setting: { change: "pragma recursive_triggers = on", read: "pragma recursive_triggers" },
      temporaryTable: (name) => ({ create: `create temp table ${name} (id integer)`, name }),
    },
  },
  traits: { concurrentWrites: false, strictTypes: false, timestampDigits: 6 },
};

conformance(runner, subject);
conformance(runner, { ...subject, options: () => ({ filename: ":memory:" }), url: () => "sqlite://" });
