import { describe, expect, it } from "vitest";
import { importCircles, importFindings, type SourceFile } from "../src/import-rules.ts";
import { filesBelow, read } from "../src/repository.ts";

const files: readonly SourceFile[] = ["packages", "apps", "scripts"]
  .flatMap((folder) => filesBelow(folder, ".ts"))
  // What a user writes, with a compiler of its own.
  .filter((path) => !path.startsWith("packages/repo-checks/applications/"))
  .map((path) => ({ path, text: read(path) }));

describe("imports", () => {
  it("go only the documented way, and never into another package's files", () => {
    expect(files.length).toBeGreaterThan(100);
    expect(importFindings(files)).toEqual([]);
  });

  it("make no circle, those of types included", () => {
    expect(importCircles(files)).toEqual([]);
  });
});

describe("the check of imports", () => {
  const found = (path: string, text: string) => importFindings([{ path, text }]);

  it("finds a folder of core that imports from one further out", () => {
    expect(found("packages/core/src/pool/pool.ts", 'import type { Session } from "../session/session.ts";')).toEqual([
      expect.stringContaining('packages/core/src/pool/pool.ts:1: ../session/session.ts: "pool" must not import'),
    ]);
    expect(found("packages/core/src/session/session.ts", 'import { Pool } from "../pool/pool.ts";')).toEqual([]);
  });

  it("finds an adapter that imports another adapter, the testkit in its sources, or a file inside core", () => {
    const adapter = "packages/adapter-sqlite/src/driver.ts";
    expect(found(adapter, 'export * from "@nsj/mdb-adapter-postgres";')).toHaveLength(1);
    expect(found(adapter, 'import "@nsj/mdb-testkit";')).toHaveLength(1);
    expect(found(adapter, 'const it = await import("@nsj/mdb-core/src/errors/index.ts");')).toHaveLength(1);
    expect(found(adapter, 'import { sql } from "../../core/src/sql/index.ts";')).toHaveLength(1);
    expect(found(adapter, 'import { sql } from "@nsj/mdb-core";')).toEqual([]);
    expect(found("packages/adapter-sqlite/test/errors.test.ts", 'import "@nsj/mdb-testkit";')).toEqual([]);
  });

  it("finds a circle, whatever kind of import closes it", () => {
    const circle = (back: string) => [
      { path: "a/src/one.ts", text: 'import { two } from "./two.ts";' },
      { path: "a/src/two.ts", text: back },
    ];
    const found = ["a/src/one.ts -> a/src/two.ts -> a/src/one.ts"];
    expect(importCircles(circle('import { one } from "./one.ts";'))).toEqual(found);
    expect(importCircles(circle('import type { One } from "./one.ts";'))).toEqual(found);
    expect(importCircles(circle('export type { One } from "./one.ts";'))).toEqual(found);
    expect(importCircles(circle('export type Two = import("./one.ts").One;'))).toEqual(found);
    expect(importCircles(circle("export const two = 2;"))).toEqual([]);
  });
});
