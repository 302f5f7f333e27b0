/**
 * For the day a real server is at hand: runs the suites of the SQL Server and the Oracle adapter against `MDB_MSSQL_URL` and `MDB_ORACLE_URL`, and the
 * statements whose answers are known from documents only; prints a table for the adapters' READMEs. What has no URL is skipped by its name.
 * The exit code is 1 where something is otherwise than expected. `pnpm real-servers`
 */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { mssql } from "../packages/adapter-mssql/src/index.ts";
import { oracle, oracleDriver } from "../packages/adapter-oracle/src/index.ts";
import { type DatabaseDefinition, DatabaseManager, isMdbError } from "../packages/core/src/index.ts";
import type { KnownFromDocuments } from "./real-servers/known-from-documents.ts";
import { statements as ofMssql } from "./real-servers/mssql.ts";
import { statements as ofOracle } from "./real-servers/oracle.ts";

interface Server {
  readonly name: string;
  readonly variable: string;
  readonly suite: string;
  readonly version: string;
  readonly statements: readonly KnownFromDocuments[];
  readonly definition: (url: string) => DatabaseDefinition;
}

// What one statement leaves behind is nothing to the next.
const pool = { max: 1, reset: "always" } as const;

const servers: readonly Server[] = [
  {
    name: "SQL Server",
    variable: "MDB_MSSQL_URL",
    suite: "packages/adapter-mssql",
    version: "select @@version",
    statements: ofMssql,
    definition: (connectionString) => mssql({ connectionString, pool }),
  },
  {
    name: "Oracle",
    variable: "MDB_ORACLE_URL",
    suite: "packages/adapter-oracle",
    version: "select banner from v$version",
    statements: ofOracle,
    definition: (url) => oracle({ ...oracleDriver.parseUrl(url), pool }),
  },
];

for (const server of servers) {
  const url = process.env[server.variable];
  if (url === undefined || url === "") {
    console.log(`skipped ${server.name}: ${server.variable} is not set`);
    continue;
  }
  const answers = await answersOf(server, url);
  const suite = await runSuite(server.suite);
  console.log(tableOf(server, answers, suite.counts));
  if (suite.code !== 0 || answers.found.some((found, index) => found !== server.statements[index]?.expect)) {
    process.exitCode = 1;
  }
}

interface Answers {
  readonly version: string;
  /** One for each statement. */
  readonly found: readonly string[];
}

async function answersOf(server: Server, url: string): Promise<Answers> {
  const databases = new DatabaseManager({ real: server.definition(url) });
  const answer = async (sql: string): Promise<string> => {
    try {
      const [row] = await databases.database("real").query(sql, [], { rowMode: "array", timeoutMs: 60_000 });
      return row === undefined ? "ok" : String(row[0] ?? "NULL");
    } catch (error) {
      return isMdbError(error) ? String(error.vendorCode ?? error.code) : String(error);
    }
  };
  try {
    const version = await answer(server.version);
    const found: string[] = [];
    for (const { sql } of server.statements) found.push(await answer(sql));
    return { version: version.split("\n", 1)[0] ?? "", found };
  } finally {
    await databases.close();
  }
}

/** Runs an adapter's tests, shows what they print, and gives the line of counts. */
async function runSuite(folder: string): Promise<{ readonly code: number; readonly counts: string }> {
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const code = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
  const output = await text(child.stdout);
  process.stdout.write(output);
  return { code: await code, counts: /\d+ passed, \d+ failed, \d+ skipped/.exec(output)?.[0] ?? "no result" };
}

function tableOf({ name, statements }: Server, { version, found }: Answers, counts: string): string {
  const rows = statements.map(({ sql, expect, dependsOn }, index) => {
    const answer = found[index] ?? "";
    const cells = [`\`${sql}\``, expect, answer === expect ? "as expected" : `**${answer}**`, dependsOn];
    return `| ${cells.map((it) => it.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ")).join(" | ")} |`;
  });
  return [
    `\n## ${name}: ${version}\n`,
    `Suite: ${counts}.\n`,
    "| Statement | Expected | Found | What depends on it |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
