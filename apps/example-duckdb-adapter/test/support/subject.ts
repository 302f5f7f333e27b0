import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Subject } from "@nsj/mdb-testkit";
import { type DuckdbOptions, duckdbDriver } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "duckdb-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const filename = join(folder, "test.duckdb");
// A generated key is the default of a column, out of a sequence that has to be there.
const prepared = await DuckDBInstance.create(filename);
const connection = await prepared.connect();
await connection.run("create sequence generated_keys");
connection.disconnectSync();
prepared.closeSync();

export const fileSubject: Subject<DuckdbOptions> = {
  driver: duckdbDriver,
  options: () => ({ filename }),
  url: () => `duckdb:${filename}`,
  wrong: { database: () => ({ filename: join(folder, "missing", "test.duckdb") }) },
  types: {
    integer: "integer",
    bigint: "bigint",
    decimal: "decimal(38, 10)",
    float: "double",
    boolean: "boolean",
    text: "varchar",
    longText: "varchar",
    bytes: "blob",
    shortBytes: "blob",
    date: "date",
    time: "time",
    timestamp: "timestamp",
    timestamptz: "timestamptz",
    json: "json",
    uuid: "uuid",
  },
  traits: { waitsForLocks: false },
  // What stands for a sleep keeps a processor busy, which others may want too.
  timeoutMs: 120_000,
  sql: {
    version: "select version()",
    now: "now()",
    identityKey: "integer primary key default nextval('generated_keys')",
    series: (count) => `select range as n from range(1, ${count + 1})`,
    failMidway: (count, at) =>
      `select case when range = ${at} then error('no')::bigint else range end as n from range(1, ${count + 1})`,
    sleep: (ms) => `select count(*) from range(${ms * 2_000}) a, range(100) b where hash(a.range, b.range) = 0`,
    openTransaction: (table) => ["begin", `insert into ${table} (id) values (1)`],
    session: {
      leftovers: [
        {
          what: "a path of schemas",
          leave: "set session search_path = 'main,temp'",
          ask: "select current_setting('search_path')",
        },
        {
          what: "a variable",
          leave: "set variable left_behind = 1",
          ask: "select coalesce(getvariable('left_behind'), 0)",
        },
        {
          what: "a temporary table",
          leave: "create temp table left_behind (id integer)",
          ask: "select count(*) from duckdb_tables() where table_name = 'left_behind'",
        },
      ],
    },
    failures: {
      unsupported: ["select 1; select 2"],
      other: ["begin", "begin"],
      serialization: async (bench) => {
        const [one, two] = [await bench.connect(), await bench.connect()];
        const table = await bench.table(one, "id integer");
        await bench.run(one, `insert into ${table} values (1)`);
        await one.begin({});
        await two.begin({});
        await bench.run(one, `update ${table} set id = 2`);
        await bench.run(two, `update ${table} set id = 3`);
      },
    },
  },
};
