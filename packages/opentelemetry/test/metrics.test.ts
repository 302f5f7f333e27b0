import { channel, tracingChannel } from "node:diagnostics_channel";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import {
  DatabaseManager,
  DeadlockError,
  defineDatabase,
  type QueryEvent,
  sql,
  type Transaction,
  unlimited,
} from "@nsj/mdb-core";
import { referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { DataPointType, type Histogram, type MetricData } from "@opentelemetry/sdk-metrics";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type InstrumentOptions, instrument, type Telemetry } from "../src/index.ts";
import { InMemoryTelemetry, points, TelemetryUnderTest } from "./telemetry-under-test.ts";

const seconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
const url = new URL(inject("postgresUrl"));
const telemetry = new TelemetryUnderTest();
let databases: DatabaseManager;
let watching: Telemetry;
let metrics: ReadonlyMap<string, MetricData>;

const start = (options: InstrumentOptions = {}): Telemetry =>
  instrument(databases, { ...telemetry.providers, spans: false, ...options });

beforeAll(async () => {
  databases = new DatabaseManager({
    pg: postgres({ connectionString: url.href, pool: { max: 3, min: 1 } }),
    memory: sqlite({ filename: ":memory:" }),
  });
  watching = start({});
  const pg = databases.database("pg");
  await pg.query(sql`select * from generate_series(1, ${7}::int) as series`);
  await pg.query("select * from otel_nowhere where id = $1", [1]).catch(() => {});
  await databases.database("memory").query(sql`select ${1} as one`);
  let runs = 0;
  const work = async (tx: Transaction): Promise<void> => {
    await tx.query("select 1");
    if (runs++ === 0) throw new DeadlockError("lost", { database: "pg", engine: "postgres" });
  };
  await pg.transaction(work, { retry: { attempts: 2, backoffMs: 0 } });
  metrics = await telemetry.collect();
});
afterAll(async () => {
  watching.stop();
  await databases.close();
});

const named = (name: string): MetricData => {
  const metric = metrics.get(name);
  if (metric === undefined) throw new Error(`there is no metric ${name}`);
  return metric;
};
const histograms = (found: readonly { readonly value: unknown }[]): Histogram[] =>
  found.map(({ value }) => value as Histogram);
const pool = "db.client.connection.pool.name";
const ofPg = (name: string) => points(named(name)).filter(({ attributes }) => attributes[pool] === "pg");

describe("db.client.operation.duration", () => {
  it("is a histogram of seconds with the conventions' buckets", () => {
    const metric = named("db.client.operation.duration");
    expect(metric.descriptor.unit).toBe("s");
    expect(metric.dataPointType).toBe(DataPointType.HISTOGRAM);
    expect(histograms(points(metric))[0]?.buckets.boundaries).toEqual(seconds);
  });

  it("says where, what and how it failed, and never the text", () => {
    const all = points(named("db.client.operation.duration")).map(({ attributes }) => attributes);
    const place = {
      "db.system.name": "postgresql",
      "db.namespace": url.pathname.slice(1),
      "server.address": url.hostname,
      "server.port": Number(url.port),
    };
    expect(all).toContainEqual({ ...place, "db.query.summary": "select generate_series" });
    expect(all).toContainEqual({
      ...place,
      "db.query.summary": "select otel_nowhere",
      "error.type": "42P01",
      "db.response.status_code": "42P01",
    });
    expect(all).toContainEqual({ ...place, "db.operation.name": "commit" });
    expect(all).toContainEqual({ "db.system.name": "sqlite", "db.query.summary": "select" });
    expect(all.flatMap((it) => Object.keys(it))).not.toContain("db.query.text");
  });
});

it("db.client.response.returned_rows counts rows", () => {
  const metric = named("db.client.response.returned_rows");
  expect(metric.descriptor.unit).toBe("{row}");
  const found = points(metric).filter((it) => it.attributes["db.query.summary"] === "select generate_series");
  const [value] = histograms(found);
  expect(value?.sum).toBe(7);
  expect(value?.buckets.boundaries).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]);
});

describe("the pool's figures", () => {
  it.each([
    ["db.client.connection.max", "{connection}", [3]],
    ["db.client.connection.idle.max", "{connection}", [3]],
    ["db.client.connection.idle.min", "{connection}", [1]],
    ["db.client.connection.pending_requests", "{request}", [0]],
    ["db.client.connection.timeouts", "{timeout}", [0]],
    ["mdb.client.connection.failures", "{attempt}", [0]],
    ["mdb.client.connection.leaks", "{connection}", [0]],
    ["mdb.client.connection.resets", "{reset}", [0]],
    ["mdb.client.connection.validations", "{check}", [expect.any(Number)]],
  ])("%s", (name, unit, values) => {
    expect(named(name).descriptor.unit).toBe(unit);
    expect(ofPg(name).map(({ value }) => value)).toEqual(values);
  });

  it("db.client.connection.count tells idle and used ones apart", () => {
    const states = ofPg("db.client.connection.count").map((it) => [
      it.attributes["db.client.connection.state"],
      it.value,
    ]);
    expect(Object.fromEntries(states)).toEqual({ idle: expect.any(Number), used: 0 });
    expect(named("db.client.connection.count").descriptor.unit).toBe("{connection}");
  });

  it("what is counted by reason has one point for each", () => {
    const reasons = Object.keys(databases.database("pg").stats().destroyed);
    expect(ofPg("mdb.client.connection.closed").map(({ attributes }) => attributes["reason"])).toEqual(reasons);
    expect(ofPg("mdb.client.request.rejected").map(({ attributes }) => attributes["reason"])).toHaveLength(5);
    expect(named("mdb.client.request.rejected").descriptor.unit).toBe("{request}");
  });

  it("mdb.client.pool.health is 1 for the state that it is in, and 0 for the others", () => {
    const states = ofPg("mdb.client.pool.health").map(({ attributes, value }) => [attributes["state"], value]);
    expect(Object.fromEntries(states)).toEqual({ ok: 1, degraded: 0, down: 0, probing: 0 });
    expect(named("mdb.client.pool.health").descriptor.unit).toBe("1");
  });

  it.each(["create_time", "wait_time", "use_time"])("db.client.connection.%s is a histogram of seconds", (name) => {
    const metric = named(`db.client.connection.${name}`);
    expect(metric.descriptor.unit).toBe("s");
    const [value] = histograms(ofPg(`db.client.connection.${name}`));
    expect(value?.count).toBeGreaterThan(0);
    expect(value?.buckets.boundaries).toEqual(seconds);
  });
});

it("waits and uses have totals, which cost nothing, for whoever leaves out a point for each of them", async () => {
  const own = new InMemoryTelemetry();
  watching.stop();
  const stop = instrument(databases, { ...own.providers, spans: false, leaseTimes: false });
  expect(channel("mdb:pool:event").hasSubscribers).toBe(false);
  expect(tracingChannel("mdb:pool:acquire").hasSubscribers).toBe(false);
  await databases.database("pg").query("select pg_sleep(0.01)");
  const found = await own.collect();
  stop.stop();
  await own.shutdown();
  expect(found.has("db.client.connection.wait_time")).toBe(false);
  expect(found.has("db.client.connection.use_time")).toBe(false);
  const { acquired, acquireTimeMs, useTimeMs, waited } = databases.database("pg").stats();
  expect(useTimeMs).toBeGreaterThanOrEqual(10);
  const totals = { acquired, waited, wait_time: acquireTimeMs / 1_000, use_time: useTimeMs / 1_000 };
  for (const [name, value] of Object.entries(totals)) {
    const metric = found.get(`mdb.client.connection.${name}`);
    const point = points(metric).find(({ attributes }) => attributes[pool] === "pg");
    expect([metric?.descriptor.unit, point?.value], name).toEqual([name.endsWith("time") ? "s" : "{lease}", value]);
  }
});

it("a batch is called one, and its statements once", async () => {
  const own = new InMemoryTelemetry();
  const memory = databases.database("memory");
  await memory.execute("create table batched (id integer)");
  const stop = instrument(databases, { ...own.providers, spans: false, leaseTimes: false });
  await memory.executeMany("insert into batched values (?)", [[1], [2]]);
  await memory.executeMany("insert into batched values (?)", [[3]]);
  await memory.executeMany("insert into batched values (?)", new Set([[4], [5]]));
  const found = points((await own.collect()).get("db.client.operation.duration"));
  stop.stop();
  await own.shutdown();
  const counts = found.map(({ attributes, value }) => [attributes["db.query.summary"], (value as Histogram).count]);
  expect(counts.filter(([summary]) => summary !== undefined)).toEqual([
    ["BATCH insert batched", 2],
    ["insert batched", 1],
  ]);
});

describe("transactions", () => {
  it("mdb.client.transaction.duration tells outcomes apart", () => {
    const all = points(named("mdb.client.transaction.duration"));
    expect(named("mdb.client.transaction.duration").descriptor.unit).toBe("s");
    const base = { "mdb.database": "pg", "mdb.transaction.kind": "transaction" };
    expect(all.map(({ attributes }) => attributes)).toEqual([
      { ...base, "mdb.transaction.outcome": "rolled back" },
      { ...base, "mdb.transaction.outcome": "committed" },
    ]);
  });

  it("mdb.client.transaction.retries says what was retried", () => {
    expect(named("mdb.client.transaction.retries").descriptor.unit).toBe("{retry}");
    expect(points(named("mdb.client.transaction.retries"))).toEqual([
      expect.objectContaining({ value: 1, attributes: { "mdb.database": "pg", "error.type": "MDB_DEADLOCK" } }),
    ]);
  });
});

it("branches in doubt are told as recovery saw them last, and no server is asked", async () => {
  const server = await referenceServer();
  const { host, port, user, password, database } = server;
  const options = { host, port, user, password, database };
  const doubtful = new DatabaseManager({ doubt: defineDatabase(referenceDriver, options) });
  const own = new InMemoryTelemetry();
  using _ = instrument(doubtful, { ...own.providers, spans: false });
  const told = async (): Promise<unknown[]> => {
    const { acquired, created } = doubtful.database("doubt").stats();
    const found = await own.collect();
    expect(doubtful.database("doubt").stats()).toMatchObject({ acquired, created });
    return ["mdb.in_doubt", "mdb.in_doubt.age"].map((name) => {
      const [point, ...others] = points(found.get(name));
      expect(others).toEqual([]);
      return point?.value;
    });
  };
  // Nobody knows: that is not none.
  expect(await told()).toEqual([undefined, undefined]);
  await doubtful.recover();
  expect(await told()).toEqual([0, 0]);
  const connector = referenceDriver.connector(options);
  const connection = await connector.connect({ deadline: performance.now() + 10_000 });
  await connection.query({ text: "create table doubted (id integer)", values: [] }, unlimited);
  await connection.begin({});
  await connection.query({ text: "insert into doubted values (1)", values: [] }, unlimited);
  await connection.prepareBranch?.({ store: "somebodyels", transaction: "0123456789abcdefghijkl", number: 1 });
  await doubtful.recover();
  expect(await told()).toEqual([1, expect.any(Number)]);
  const found = await own.collect();
  expect(found.get("mdb.in_doubt")?.descriptor.unit).toBe("{branch}");
  expect(found.get("mdb.in_doubt.age")?.descriptor.unit).toBe("s");
  expect(points(found.get("mdb.in_doubt"))[0]?.attributes).toEqual({ "mdb.database": "doubt" });
  await connection.close({ deadline: performance.now() + 10_000 });
  await doubtful.close();
  await server.close();
  await own.shutdown();
});

it("a statement counts once, with the time that its event has, whoever else watches", async () => {
  const own = new InMemoryTelemetry();
  const other = new InMemoryTelemetry();
  const stops = [own, other].map((it) => instrument(databases, { ...it.providers, spans: false }));
  const durations: number[] = [];
  const listen = (event: unknown): void => void durations.push((event as QueryEvent).durationMs ?? Number.NaN);
  tracingChannel("mdb:query").asyncEnd.subscribe(listen);
  const memory = databases.database("memory");
  for (let run = 0; run < 3; run++) await memory.query("select 'a text with a literal in it'");
  await memory.query("select * from otel_nowhere where id = ?", [1]).catch(() => {});
  tracingChannel("mdb:query").asyncEnd.unsubscribe(listen);
  for (const [index, telemetryOf] of [own, other].entries()) {
    const found = points((await telemetryOf.collect()).get("db.client.operation.duration"));
    const counts = found.map(({ attributes, value }) => [attributes["error.type"], (value as Histogram).count]);
    expect(counts, `watcher ${index}`).toEqual([
      [undefined, 3],
      [expect.any(String), 1],
    ]);
    const sum = histograms(found).reduce((total, it) => total + (it.sum ?? 0), 0);
    expect(sum).toBeCloseTo(durations.reduce((total, it) => total + it, 0) / 1_000, 9);
  }
  for (const stop of stops) stop.stop();
  await own.shutdown();
  await other.shutdown();
});

describe("the number of time series is bounded", () => {
  it("by a limit of summaries for each label, and labels can share a pool's name", async () => {
    const own = new InMemoryTelemetry();
    const stop = instrument(databases, {
      ...own.providers,
      spans: false,
      summaryLimit: 2,
      poolName: () => "tenant",
    });
    const memory = databases.database("memory");
    for (const table of ["a", "b", "c", "d"])
      await memory.query(`select * from ${table} where id = ?`, [1]).catch(() => {});
    const found = await own.collect();
    stop.stop();
    const summaries = points(found.get("db.client.operation.duration")).map((it) => it.attributes["db.query.summary"]);
    expect(summaries).toEqual(["select a", "select b", "select"]);
    const maxima = points(found.get("db.client.connection.max"));
    expect(maxima.map(({ attributes, value }) => [attributes[pool], value])).toEqual([["tenant", 4]]);
    await own.shutdown();
  });
});
