import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subject } from "@nsj/mdb-testkit";
import { afterAll } from "vitest";
import { type SqliteOptions, sqliteDriver } from "../../src/index.ts";
import { sessionSql } from "./session-sql.ts";

const directory = mkdtempSync(join(tmpdir(), "mdb-sqlite-"));
afterAll(() => rmSync(directory, { recursive: true }));

const filename = join(directory, "conformance.db");

/** A database in a file. */
export const fileSubject: Subject<SqliteOptions> = {
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
    fixedText: "char(8)",
    foldedText: "varchar(100) collate nocase",
    longText: "text",
    bytes: "blob",
    shortBytes: "blob",
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
    trigger: (table, log) =>
      ["insert", "update"].map(
        (verb) =>
          `create trigger ${table}_${verb} after ${verb} on ${table} begin insert into ${log} (id) values (new.id); end`,
      ),
    version: "select sqlite_version()",
    now: "strftime('%Y-%m-%d %H:%M:%f', 'now')",
    failMidway: (count, at) =>
      `with recursive series (n) as (select 1 union all select n + 1 from series where n < ${count})
       select case when n = ${at} then abs(-9223372036854775807 - 1) else n end as n from series`,
    openTransaction: (table) => ["begin", `insert into ${table} (id) values (1)`],
    durability: { relax: "pragma synchronous = off", ask: "pragma synchronous", durable: ["2", "3"] },
    failures: {
      value: ["select abs(-9223372036854775807 - 1)"],
      permission: ["select load_extension('nothing')"],
      resource: [`select ${Array(2_001).fill("1").join(", ")}`],
      other: ["begin", "begin"],
      parameter: [`select ${Array(40_000).fill("?").join(", ")}`],
      unsupported: async (bench) => {
        const stream = (await bench.connect()).stream;
        return stream?.({ text: "select 1; select 2", values: [] }, { deadline: Infinity, fetchSize: 1 }).read();
      },
      "lock-timeout": async (bench) => {
        const holder = await bench.connect();
        await bench.run(holder, "begin immediate");
        const waiter = await bench.connect(bench.newConnector({ filename, busyTimeoutMs: 20 }));
        return bench.run(waiter, "begin immediate");
      },
      serialization: async (bench) => {
        const [reader, writer] = [await bench.connect(), await bench.connect()];
        const table = await bench.table(writer, "id integer");
        await bench.run(reader, "begin");
        await bench.run(reader, `select * from ${table}`);
        await bench.run(writer, `insert into ${table} values (1)`);
        return bench.run(reader, `insert into ${table} values (2)`);
      },
    },
    session: sessionSql,
  },
  traits: { concurrentWrites: false, strictTypes: false, timestampDigits: 6 },
};

// Two connections never see the same database in memory, and it has no streams.
const { unsupported, "lock-timeout": lock, serialization, ...failures } = fileSubject.sql.failures ?? {};

/** A database in memory: one connection. */
export const memorySubject: Subject<SqliteOptions> = {
  ...fileSubject,
  options: () => ({ filename: ":memory:" }),
  url: () => "sqlite://",
  sql: { ...fileSubject.sql, failures },
};
