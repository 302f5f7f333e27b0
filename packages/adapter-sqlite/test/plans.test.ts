import { DatabaseManager, onSlow, planOf, type SlowStatement } from "@nsj/mdb-core";
import { afterAll, beforeAll, expect, it } from "vitest";
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
