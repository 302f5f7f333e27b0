import { DatabaseManager, onSlow, planOf, type SlowStatement } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sqlite } from "../src/index.ts";

const databases = new DatabaseManager({ audit: sqlite({ filename: ":memory:" }) });
const audit = databases.database("audit");
beforeAll(() => audit.execute("create table events (id integer primary key, what text, place text)"));
afterAll(() => databases.close());

it("tells a plan without values", async () => {
  expect(await planOf(audit, "select * from events where what = ? and place <> '?' /* ? */")).toEqual({
    text: "SCAN events",
    scans: ["events"],
  });
  expect(await planOf(audit, "select e.* from events as e where e.id = ?")).toMatchObject({ scans: [] });
  expect((await planOf(audit, "select a.what from events a order by a.what")).scans).toEqual(["a"]);
});

it("of a write runs nothing", async () => {
  await audit.execute("insert into events (what) values ('made')");
  await planOf(audit, "delete from events");
  expect(await audit.queryScalar("select count(*) from events")).toBe(1);
});

it("comes with a slow statement", async () => {
  const entries: SlowStatement[] = [];
  using _watch = onSlow(databases, { thresholdMs: 0, plan: true }, (entry) => entries.push(entry));
  await audit.query("select * from events where what = :what", { what: "made" });
  await expect.poll(() => entries).toMatchObject([{ database: "audit", plan: { scans: ["events"] } }]);
});

describe("plans of slow statements", () => {
  const find = (column: string) => audit.query(`select id from events where ${column} = :it`, { it: "made" });

  /** What `work` is told of, `count` entries: the text's column, and whether it came with a plan. */
  async function told(count: number, work: () => Promise<unknown>): Promise<(readonly [string, boolean])[]> {
    const entries: SlowStatement[] = [];
    using _watch = onSlow(databases, { thresholdMs: 0, sampleMs: 0, plan: true }, (entry) => entries.push(entry));
    await work();
    await expect.poll(() => entries).toHaveLength(count);
    return entries.map(({ plan, statement }) => [/where (\w+)/.exec(statement ?? "")?.[1] ?? "", plan !== undefined]);
  }

  it("are asked for one at a time, and the statements between are told without", async () => {
    const both = await told(2, () => Promise.all([find("what"), find("place")]));
    expect(both.toSorted()).toEqual([
      ["place", false],
      ["what", true],
    ]);
  });

  it("are asked for once in an hour for each text", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const plans: boolean[] = [];
      using _watch = onSlow(databases, { thresholdMs: 0, sampleMs: 0, plan: true }, ({ plan }) =>
        plans.push(plan !== undefined),
      );
      for (const laterMs of [0, 3_599_000, 2_000]) {
        vi.advanceTimersByTime(laterMs);
        const before = plans.length;
        await find("what");
        await vi.waitUntil(() => plans.length > before);
      }
      expect(plans).toEqual([true, false, true]);
    } finally {
      vi.useRealTimers();
    }
  });
});
