import { DatabaseManager } from "@nsj/mdb-core";
import type { RecordedTdsRequest } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mssql } from "../src/index.ts";
import { goldenCases, goldenProcedure, goldenTables, goldenUse } from "./support/golden-cases.ts";
import { useServer } from "./support/server.ts";

describe("the T-SQL that is sent", () => {
  const server = useServer({ wireOnly: true });
  let databases: DatabaseManager<{ main: ReturnType<typeof mssql> }>;

  beforeAll(async () => {
    databases = new DatabaseManager({ main: mssql({ ...server.options(), pool: { max: 1 } }) });
    await databases.database("main").execute(goldenTables);
    await databases.database("main").execute(goldenProcedure);
  });

  afterAll(() => databases?.close());

  it("is what the golden file shows, and keeps the documentation's rules", async () => {
    const sections: string[] = [];
    for (const { name, rule, run } of goldenCases) {
      const requests: RecordedTdsRequest[] = [];
      const stop = server.wire?.record((request) => requests.push(request));
      try {
        await run(goldenUse(databases));
      } finally {
        stop?.();
      }
      expect(requests, name).not.toEqual([]);
      for (const request of requests) checkRules(request);
      sections.push([`-- ${name}\n-- Rule: ${rule}`, ...requests.map(shown)].join("\n"));
    }
    await expect(`${sections.join("\n\n")}\n`).toMatchFileSnapshot("golden/statements.golden.sql");
  });

  // Two of them are those of sp_executesql. https://learn.microsoft.com/sql/sql-server/maximum-capacity-specifications-for-sql-server
  it("never has more than 2 100 parameters, however many values there are", async () => {
    const counts: number[] = [];
    const stop = server.wire?.record((request) => counts.push(request.parameters.length));
    const { products: dao } = goldenUse(databases);
    const ids = await dao.insertMany(Array.from({ length: 2_500 }, (_, index) => ({ code: `many${index}` })));
    await dao.findByIds(ids.map(({ id }) => id));
    stop?.();
    expect(Math.max(...counts)).toBeLessThanOrEqual(2_100);
    expect(Math.max(...counts)).toBeGreaterThan(1_000);
  });
});

/** One request as a reader wants it: the declared parameters, then the text. Values are left out. */
function shown({ kind, text, parameters, reset }: RecordedTdsRequest): string {
  const isText = kind === "rpc" && parameters[0]?.value === text;
  const list = parameters.map(({ name, type }) => `${name} ${type}`).join(", ");
  const declared = isText ? String(parameters[1]?.value ?? "") : list;
  const notes = [declared === "" ? "" : `-- ${declared}`, reset ? "-- with a reset of the session" : ""];
  return [...notes, text.trimEnd()].filter((it) => it !== "").join("\n");
}

function checkRules({ text }: RecordedTdsRequest): void {
  const statements = text.toLowerCase();
  if (/\boffset @/.test(statements)) expect(statements).toMatch(/order by/);
  if (/\bmerge into\b/.test(statements)) expect(text).toMatch(/;/);
  if (/\bmerge into\b/.test(statements) && /when matched/.test(statements))
    expect(statements).toContain("with (updlock, holdlock)");
  // Nothing stays behind of the table that catches rows, wherever the batch ran.
  if (/into #/.test(statements)) expect(statements).toMatch(/^drop table if exists #(\w+);[\s\S]*drop table #\1;$/);
}
