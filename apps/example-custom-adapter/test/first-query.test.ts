import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance, miniRunner, type Subject } from "@nsj/mdb-testkit";
import { afterAll, expect, it } from "vitest";
import { firstDriver, firstQuery } from "./first-query.ts";
import { describe } from "./support/node.ts";

const folder = mkdtempSync(join(tmpdir(), "node-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const filename = join(folder, "test.db");

const subject: Subject<{ readonly filename: string }> = {
  driver: firstDriver,
  options: () => ({ filename }),
  types: { integer: "integer", bigint: "bigint", text: "text" },
  sql: {
    series: (count) =>
      `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count}) select n from numbers`,
  },
};

describe("the driver of a first query", () => {
  it("answers it", async () => {
    expect(await firstQuery()).toEqual([{ answer: 42 }]);
  });

  it("passes the areas that the guide names, and half of all cases that run", { timeout: 120_000 }, async () => {
    const run = async (only?: readonly string[]) => {
      const runner = miniRunner();
      const report = conformance(runner, subject, only === undefined ? {} : { only });
      await runner.run();
      return report;
    };
    const named = await run(["meta", "local state", "close", "hygiene"]);
    expect(named.results.filter((it) => it.outcome === "fail")).toEqual([]);
    const all = await run();
    expect(all.passed).toBeGreaterThan(all.failed);
    expect(all.failed).toBeGreaterThan(0);
  });
});
