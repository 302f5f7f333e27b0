import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { facts } from "../measure/facts.ts";
import { figureOf, goal, type Scenario } from "../measure/scenario.ts";
import { runProcess } from "../processes/run-process.ts";

const ours = "@nsj/mdb-core";
const packages = [ours, "pg", "postgres", "pg-promise", "kysely", "drizzle-orm/node-postgres", "knex", "typeorm"];

/** What most applications use of core; a bundler leaves the rest out. */
const oursWithoutDaos = `${ours}, without DAOs`;

interface Size {
  readonly kb: number;
  readonly gzipKb: number;
}

const sizes = new Map<string, Promise<Size>>();

/** The size of everything that an import brings in, minified, in kB. Drivers are left out: each library may use another one. */
function sizeOf(name: string): Promise<Size> {
  const known = sizes.get(name) ?? measureSize(name);
  sizes.set(name, known);
  return known;
}

async function measureSize(name: string): Promise<Size> {
  const contents =
    name === oursWithoutDaos
      ? `export { DatabaseManager, sql } from ${JSON.stringify(ours)};`
      : `export * from ${JSON.stringify(name)};`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    format: "esm",
    // What a library loads only where somebody uses it.
    external: optionalModules.filter((it) => it !== name),
    conditions: process.execArgv.includes("--conditions=mdb:source") ? ["mdb:source"] : [],
    logLevel: "silent",
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { kb: code.length / 1_000, gzipKb: gzipSync(code).length / 1_000 };
}

const optionalModules = [
  "pg",
  "pg-native",
  "pg-query-stream",
  "better-sqlite3",
  "sqlite3",
  "mysql",
  "mysql2",
  "mariadb",
]
  .concat([
    "oracledb",
    "tedious",
    "mongodb",
    "redis",
    "ioredis",
    "sql.js",
    "react-native-sqlite-storage",
    "typeorm-aurora-data-api-driver",
  ])
  .concat([
    "@google-cloud/spanner",
    "@sap/hana-client",
    "@sap/hana-client/extension/Stream",
    "hdb-pool",
    "mssql",
    "ts-node",
  ]);

export const packageScenarios: readonly Scenario[] = [
  facts({
    id: "process/import",
    title: "Import time and size",
    note: "Importing the package in a fresh process, and everything that this brings in as one minified file. Drivers that a library loads on demand are not counted.",
    columns: [
      { key: "cpuMs", label: "CPU ms", digits: 1 },
      { key: "importMs", label: "wall ms", digits: 1 },
      { key: "kb", label: "minified, kB", digits: 0 },
      { key: "gzipKb", label: "gzip, kB", digits: 0 },
    ],
    chart: "cpuMs",
    contestants: [...packages, oursWithoutDaos],
    times: ({ effort }) => (effort.quick ? 1 : 11),
    async ask(name) {
      const size = { ...(await sizeOf(name)) };
      if (name === oursWithoutDaos) return size;
      const { importMs = Number.NaN, cpuMs = Number.NaN } = await runProcess("import.ts", [name]);
      return { importMs, cpuMs, ...size };
    },
    goals: (results) => [
      goal("CPU ms to import core", figureOf(results, ours, "cpuMs"), "at most", 15),
      goal("kB of core, minified", figureOf(results, ours, "kb"), "at most", 60),
    ],
  }),
];
