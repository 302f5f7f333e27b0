import { basename } from "node:path";
import { type Capabilities, type DialectFacts, poolDefaults, typeDefaults } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { adapters, read } from "../src/repository.ts";
import { inTable, tableRows } from "../src/tables.ts";

/** What the page is compared with. */
interface DriverFacts {
  readonly capabilities: Capabilities;
  readonly dialect: DialectFacts;
}

/** What the pages call an engine. */
const titles: Readonly<Record<string, string>> = {
  postgres: "PostgreSQL",
  mssql: "SQL Server",
  oracle: "Oracle",
  sqlite: "SQLite",
};

describe("docs/capabilities.md", () => {
  const rows = tableRows(read("docs/capabilities.md"));

  for (const { folder, manifest } of adapters()) {
    const engine = basename(folder).slice("adapter-".length);
    it(`says of ${engine} what its driver declares`, async (ctx) => {
      const module = (await import(manifest.name)) as Readonly<Record<string, DriverFacts | undefined>>;
      const driver = module[`${engine}Driver`];
      if (driver === undefined) return ctx.skip("this adapter is not written yet");
      const facts: Readonly<Record<string, unknown>> = { ...driver.dialect, ...driver.capabilities };
      const said = rows.map(({ key, cells }) => [key, cells[titles[engine] ?? ""]]);
      expect(said).toEqual(rows.map(({ key }) => [key, inTable(factAt(facts, key) ?? false)]));
    });
  }

  it("leaves out no capability", async () => {
    const { sqliteDriver } = await import("@nsj/mdb-adapter-sqlite");
    expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining(Object.keys(sqliteDriver.capabilities)));
  });
});

describe("docs/pool.md", () => {
  const rows = new Map(tableRows(read("docs/pool.md")).map(({ key, cells }) => [key, cells["Default"]]));

  it("has every option with its default, and no other", () => {
    const real = Object.entries(poolDefaults).map(([key, value]) => {
      const { backoff } = poolDefaults;
      const thousands = (ms: number) => String(ms).replace(/(?<=\d)(?=(\d{3})+$)/g, " ");
      const login = `after a refused login ${thousands(backoff.authenticationInitialMs)} to ${thousands(backoff.authenticationMaxMs)}`;
      const text = `${thousands(backoff.initialMs)} to ${thousands(backoff.maxMs)}, ${login}`;
      return [key, key === "backoff" ? text : inDefault(value)];
    });
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(real.map(([key, value]) => [key, value])));
  });
});

describe("docs/types.md", () => {
  it("has every option with its default, and no other", () => {
    const rows = tableRows(read("docs/types.md")).filter(({ cells }) => "Default" in cells);
    const said = rows.map(({ key, cells }) => [key, cells["Default"]]);
    expect(said).toEqual(Object.entries(typeDefaults).map(([key, value]) => [key, inDefault(value)]));
  });
});

/** `returning.insert` is a part of `returning`. */
function factAt(facts: unknown, key: string): unknown {
  return key.split(".").reduce((at, part) => (at as Readonly<Record<string, unknown>> | undefined)?.[part], facts);
}

/** A default as it would be written in a program. */
function inDefault(value: unknown): string {
  return `\`${typeof value === "string" ? JSON.stringify(value) : String(value)}\``;
}
