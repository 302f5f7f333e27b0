import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subject } from "@nsj/mdb-testkit";
import manifest from "../../package.json" with { type: "json" };
import { type NodeSqliteOptions, nodeSqliteDriver } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "node-sqlite-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const filename = join(folder, "test.db");
const numbers = (count: number) =>
  `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})`;

/** A database in a file. */
export const fileSubject: Subject<NodeSqliteOptions> = {
  driver: nodeSqliteDriver,
  driverVersion: manifest.version,
  options: () => ({ filename }),
  url: () => `node-sqlite:${filename}`,
  wrong: { database: () => ({ filename: join(folder, "missing", "test.db") }) },
  types: {
    integer: "integer",
    bigint: "bigint",
    // The word "text" keeps SQLite from making a floating-point number of it.
    decimal: "decimal text",
    float: "double",
    text: "text",
    longText: "text",
    bytes: "blob",
    shortBytes: "blob",
    date: "date",
    time: "time",
    timestamp: "timestamp",
    timestamptz: "timestamptz",
    json: "json text",
    uuid: "uuid",
  },
  sql: {
    version: "select sqlite_version()",
    now: "strftime('%Y-%m-%d %H:%M:%f', 'now')",
    identityKey: "integer primary key",
    series: (count) => `${numbers(count)} select n from numbers`,
    failMidway: (count, at) =>
      `${numbers(count)} select case n when ${at} then abs(-9223372036854775807 - 1) else n end from numbers`,
    openTransaction: (table) => ["begin", `insert into ${table} (id) values (1)`],
    session: {
      leftovers: [
        { what: "a pragma", leave: "pragma recursive_triggers = on", ask: "pragma recursive_triggers" },
        {
          what: "a temporary table",
          leave: "create temp table left_behind (id integer)",
          ask: "select count(*) from sqlite_temp_schema",
        },
        {
          what: "an attached database",
          leave: "attach ':memory:' as left_behind",
          ask: "select count(*) from pragma_database_list where name = 'left_behind'",
        },
      ],
    },
    failures: {
      parameter: [`select ?1`],
      unsupported: ["select 1; select 2"],
      other: ["begin", "begin"],
      "lock-timeout": async (bench) => {
        const [holder, waiter] = [
          await bench.connect(),
          await bench.connect(bench.newConnector({ filename, lockTimeoutMs: 20 })),
        ];
        await bench.run(holder, "begin immediate");
        await bench.run(waiter, "begin immediate");
      },
      serialization: async (bench) => {
        const [reader, writer] = [await bench.connect(), await bench.connect()];
        const table = await bench.table(writer, "id integer");
        await bench.run(reader, "begin");
        await bench.run(reader, `select * from ${table}`);
        await bench.run(writer, `insert into ${table} values (1)`);
        await bench.run(reader, `insert into ${table} values (2)`);
      },
    },
  },
  traits: { concurrentWrites: false, strictTypes: false },
};

/** A database in memory: one connection. */
export const memorySubject: Subject<NodeSqliteOptions> = {
  driver: nodeSqliteDriver,
  options: () => ({ filename: ":memory:" }),
  url: () => "node-sqlite::memory:",
  types: fileSubject.types,
  sql: { ...fileSubject.sql, failures: {} },
  traits: fileSubject.traits ?? {},
};
