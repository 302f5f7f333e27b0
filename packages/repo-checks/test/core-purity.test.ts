import { isBuiltin } from "node:module";
import { describe, expect, it } from "vitest";
import { driverNamesIn } from "../src/driver-names.ts";
import { importsOf } from "../src/imports.ts";
import { filesBelow, read, workspacePackages } from "../src/repository.ts";

/** The message "install @nsj/mdb-adapter-..." has to know which package answers to an engine; nothing else in core may. */
const mayNameDrivers = "packages/core/src/manager/known-adapters.ts";

const sources = filesBelow("packages/core/src", ".ts");

describe("core", () => {
  it("has no dependencies of any kind", () => {
    const core = workspacePackages().find(({ folder }) => folder === "packages/core")?.manifest;
    expect(core?.name).toBe("@nsj/mdb-core");
    expect(core?.dependencies ?? {}).toEqual({});
    expect(core?.peerDependencies ?? {}).toEqual({});
    expect(core?.optionalDependencies ?? {}).toEqual({});
  });

  it("imports nothing but its own files and Node's own modules", () => {
    const foreign = sources.flatMap((path) =>
      importsOf(path, read(path))
        .filter(({ specifier }) => !specifier.startsWith(".") && !isBuiltin(specifier))
        .map(({ specifier, line }) => `${path}:${line}: ${specifier}`),
    );
    expect(foreign).toEqual([]);
  });

  it("names no engine and no driver in its code", () => {
    const found = sources.filter((path) => path !== mayNameDrivers).flatMap((path) => driverNamesIn(path, read(path)));
    expect(found).toEqual([]);
    expect(driverNamesIn(mayNameDrivers, read(mayNameDrivers))).not.toEqual([]);
  });
});

describe("the check of driver names", () => {
  it("sees them in strings, templates and identifiers, and not in comments or other words", () => {
    expect(driverNamesIn("a.ts", 'if (engine === "postgres") quirk();')).toEqual(["a.ts:1: postgres"]);
    expect(driverNamesIn("a.ts", "\nconst isOracle = true;")).toEqual(["a.ts:2: Oracle"]);
    expect(driverNamesIn("a.ts", "throw new Error(`use better-sqlite3`);")).toEqual(["a.ts:1: sqlite3"]);
    expect(driverNamesIn("a.ts", "/** PostgreSQL's way. */ const page = 1; // sqlite")).toEqual([]);
  });
});
