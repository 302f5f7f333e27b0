// Runs the conformance suite of an adapter in the runtime that runs this, be it Node.js, Bun or Deno, after `pnpm build`:
// `bun scripts/conformance-here.ts postgres` with MDB_POSTGRES_URL, or `sqlite`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { conformance, miniRunner, type Subject } from "@nsj/mdb-testkit";
import { type PostgresOptions, postgresDriver } from "../packages/adapter-postgres/src/index.ts";
import { sessionSql as postgresSession } from "../packages/adapter-postgres/test/support/session-sql.ts";
import type { SqliteOptions } from "../packages/adapter-sqlite/src/index.ts";
import { sessionSql as sqliteSession } from "../packages/adapter-sqlite/test/support/session-sql.ts";

const directory = mkdtempSync(join(tmpdir(), "mdb-here-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

async function sqliteSubject(): Promise<Subject<SqliteOptions>> {
  // Only where it is asked for: better-sqlite3 is native code, which not every runtime loads.
  const { sqliteDriver } = await import("../packages/adapter-sqlite/src/index.ts");
  const filename = join(directory, "here.db");
  return {
    driver: sqliteDriver,
    options: () => ({ filename }),
    types: {
      integer: "integer",
      text: "varchar(2000)",
      float: "double precision",
      bytes: "blob",
      timestamp: "timestamp",
    },
    sql: {
      series: (count) =>
        `with recursive s (n) as (select 1 union all select n + 1 from s where n < ${count}) select n from s`,
      version: "select sqlite_version()",
      session: sqliteSession,
    },
    traits: { concurrentWrites: false, strictTypes: false, timestampDigits: 6 },
  };
}

function postgresSubject(): Subject<PostgresOptions> {
  const url = process.env["MDB_POSTGRES_URL"] ?? "";
  const options = (more = {}) => ({ ...postgresDriver.parseUrl(url), ...more });
  const { hostname, port } = new URL(url);
  return {
    driver: postgresDriver,
    options: () => options(),
    url: () => url,
    secret: () => String(options().password),
    network: {
      address: () => ({ host: hostname, port: Number(port || 5432) }),
      optionsAt: ({ host, port: at }) => options({ host, port: at, sslmode: "disable" }),
    },
    types: {
      integer: "integer",
      text: "text",
      decimal: "numeric(38, 10)",
      bytes: "bytea",
      timestamp: "timestamp",
      json: "jsonb",
    },
    sql: {
      series: (count) => `select n from generate_series(1, ${count}) as n`,
      version: "select current_setting('server_version')",
      sleep: (milliseconds) => `select 1 from pg_sleep(${milliseconds / 1_000})`,
      openTransaction: (table) => ["begin", `insert into ${table} (id) values (1)`],
      session: postgresSession,
    },
  };
}

async function ask<Options extends object>(subject: Subject<Options>): Promise<void> {
  const runner = miniRunner();
  const report = conformance(runner, subject);
  await runner.run();
  process.stdout.write(report.toMarkdown());
  for (const { outcome, area, name, reason } of report.results) {
    if (outcome === "fail") process.stdout.write(`FAIL ${area}: ${name}: ${reason}\n`);
  }
  process.exitCode = report.failed > 0 ? 1 : 0;
  // Left open and let go, as the pool does with an idle one: if it kept the process alive, this would never end.
  const idle = await subject.driver.connector(subject.options()).connect({ deadline: Number.POSITIVE_INFINITY });
  await idle.query({ text: "select 1", values: [] }, { deadline: Number.POSITIVE_INFINITY });
  idle.unref?.();
}

if (process.argv[2] === "postgres") await ask(postgresSubject());
else await ask(await sqliteSubject());
