import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** Where and with what a run was made. */
export interface Environment {
  readonly date: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** The machine's load as it began: above the number of cores, others were at work too. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

const packages = [
  "pg",
  "postgres",
  "pg-promise",
  "kysely",
  "drizzle-orm",
  "knex",
  "typeorm",
  "mysql2",
  "@mikro-orm/mariadb",
  "better-sqlite3",
  "tarn",
  "generic-pool",
  "pg-pool",
  "lightning-pool",
] as const;

/** Reads it from this machine. */
export function readEnvironment(): Environment {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    system: `${type()} ${release()}, ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

/** The version of an installed package. Its manifest is looked for by hand, because not every package exports it. */
export function versionOf(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  for (const folder of resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")) as { version: string }).version;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${name} is not installed`);
}
