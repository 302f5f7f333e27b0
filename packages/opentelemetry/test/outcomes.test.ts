import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DaoBase, DatabaseManager, defineDatabase, defineTable } from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { SpanStatusCode } from "@opentelemetry/api";
import type { Histogram } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instrument, type Telemetry } from "../src/index.ts";
import { InMemoryTelemetry, pathOf, points } from "./telemetry-under-test.ts";

// Without a context manager: whoever has none gets all of it, beside each other.
const telemetry = new InMemoryTelemetry();
const fakes = { a: fakeDriver({ name: "a", capabilities: { fates: false } }), b: fakeDriver({ name: "b" }) };
const databases = new DatabaseManager({
  a: defineDatabase(fakes.a.driver, {}),
  b: defineDatabase(fakes.b.driver, {}),
  memory: sqlite({ filename: ":memory:" }),
});
let watching: Telemetry;

beforeAll(async () => {
  for (const label of ["a", "b", "memory"] as const)
    await databases.database(label).execute("create table t (id integer primary key)");
  watching = instrument(databases, { ...telemetry.providers, savepoints: true });
});
afterAll(async () => {
  watching.stop();
  await databases.close();
  for (const fake of Object.values(fakes)) fake.close();
  await telemetry.shutdown();
});

const ended = (name: string): ReadableSpan[] => telemetry.takeSpans().filter((it) => it.name === name);

it("spans stand beside each other where there is no context manager, and their number says what belongs together", async () => {
  telemetry.takeSpans();
  await databases.database("a").transaction((tx) => tx.query("select id from t where id = ?", [1]));
  const spans = telemetry.takeSpans().filter((it) => !it.name.startsWith("connect"));
  expect(spans.map((it) => pathOf(it, spans))).toEqual([
    ["begin main"],
    ["select t"],
    ["commit main"],
    ["transaction a"],
  ]);
  expect(new Set(spans.map((it) => it.attributes["mdb.transaction.id"])).size).toBe(1);
});

it("a statement of which nothing is known is called by its system", async () => {
  telemetry.takeSpans();
  await databases.database("memory").query("pragma user_version");
  expect(ended("sqlite")).toHaveLength(1);
});

describe("a transaction over several databases of which some have committed", () => {
  it("has what became of each in its span, and that it failed", async () => {
    telemetry.takeSpans();
    fakes.b.script({ on: "commit", action: { fail: { kind: "serialization" } } });
    const partly = databases.transaction(
      ["a", "b"],
      async ({ a, b }) => {
        await a.execute("insert into t values (1)");
        await b.execute("insert into t values (1)");
      },
      { mode: "best-effort" },
    );
    await expect(partly).rejects.toMatchObject({ code: "MDB_PARTIAL_COMMIT" });
    const [span] = ended("transaction a b");
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes).toMatchObject({
      "mdb.mode": "best-effort",
      "mdb.outcome": "partial",
      "mdb.votes": ["a=committed", "b=rolled back"],
      "error.type": "MDB_PARTIAL_COMMIT",
    });
  });
});

it("a transaction whose COMMIT was lost has an outcome that nobody knows", async () => {
  telemetry.takeSpans();
  fakes.a.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
  const lost = databases.database("a").transaction((tx) => tx.execute("insert into t values (2)"));
  await expect(lost).rejects.toMatchObject({ code: "MDB_COMMIT_OUTCOME_UNKNOWN" });
  const [span] = ended("transaction a");
  expect(span?.attributes["mdb.transaction.outcome"]).toBe("unknown");
  expect(span?.attributes["error.type"]).toBe("MDB_COMMIT_OUTCOME_UNKNOWN");
});

it("mdb.client.transaction.duration tells every kind and outcome apart", async () => {
  const own = new InMemoryTelemetry();
  using _ = instrument(databases, { ...own.providers, spans: false });
  const a = databases.database("a");
  await a.transaction(async (tx) => {
    await tx.savepoint((inner) => inner.query("select 1"));
    await a.transaction((joined) => joined.query("select 1"));
  });
  await a.withSession(async (session) => {
    await session.query("select 1");
    await session.commit();
  });
  await databases.transaction(["a", "b"], ({ b }) => b.execute("insert into t values (3)"), { mode: "best-effort" });
  fakes.a.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
  await a.transaction((tx) => tx.execute("insert into t values (4)")).catch(() => {});
  await a.transaction((tx) => tx.execute("insert into t values (4)")).catch(() => {});
  const found = points((await own.collect()).get("mdb.client.transaction.duration"));
  await own.shutdown();
  const told = found.map(({ attributes, value }) => {
    const { "mdb.database": label, "mdb.transaction.kind": kind, "mdb.transaction.outcome": outcome } = attributes;
    return `${label} ${kind} ${outcome} ${(value as Histogram).count}`;
  });
  expect(told.sort()).toEqual(
    [
      "a transaction committed 1",
      "a transaction unknown 1",
      "a transaction rolled back 1",
      "a savepoint undefined 1",
      "a joined undefined 1",
      "a session committed 1",
      "a spanning committed 1",
      "b spanning committed 1",
    ].sort(),
  );
});

it("operation and table of a DAO, and each stream with all its rows, are in the histograms of statements", async () => {
  const own = new InMemoryTelemetry();
  const memory = databases.database("memory");
  await memory.bulkInsert("t", ["id"], [[1], [2], [3]]);
  const dao = new DaoBase(defineTable<{ id: number }>("t").primaryKey("id"), memory);
  await dao.findAll();
  using _ = instrument(databases, { ...own.providers, spans: false });
  await dao.findAll();
  for await (const _row of memory.stream("select id from t where id > ?", [1], { fetchSize: 1 }));
  const metrics = await own.collect();
  await own.shutdown();
  const summary = "select t";
  const system = { "db.system.name": "sqlite" };
  const known = { ...system, "db.operation.name": "select", "db.collection.name": "t" };
  for (const name of ["db.client.operation.duration", "db.client.response.returned_rows"]) {
    const found = points(metrics.get(name)).filter(({ attributes }) => attributes["db.system.name"] === "sqlite");
    expect(found.map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining(known),
      { ...system, "db.query.summary": summary },
    ]);
    expect(found.map(({ value }) => (value as Histogram).count)).toEqual([1, 1]);
  }
  const rows = points(metrics.get("db.client.response.returned_rows")).map(({ value }) => (value as Histogram).sum);
  expect(rows).toEqual([3, 2]);
});
