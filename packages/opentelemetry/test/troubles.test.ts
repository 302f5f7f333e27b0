import { DatabaseManager, type DatabaseOptions, defineDatabase, isMdbError } from "@nsj/mdb-core";
import { metrics } from "@nsj/mdb-http";
import { FakeClock, type FakeDriver, type FakeRule, fakeDriver } from "@nsj/mdb-testkit";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instrument, type Telemetry } from "../src/index.ts";
import { InMemoryTelemetry, points } from "./telemetry-under-test.ts";

// What goes wrong with pools, each in a label of its own, as OpenTelemetry's SDK and the page for Prometheus tell it.
const clock = new FakeClock();
const fakes: FakeDriver[] = [];

function troubled(pool: NonNullable<DatabaseOptions["pool"]>, ...rules: readonly FakeRule[]) {
  const fake = fakeDriver();
  fake.script(...rules);
  fakes.push(fake);
  return defineDatabase(fake.driver, { pool: { max: 1, ...pool } });
}

const databases = new DatabaseManager(
  {
    full: troubled({ maxQueue: 1, acquireTimeoutMs: 500 }),
    stuck: troubled({}),
    late: troubled({}),
    closed: troubled({}),
    down: troubled({ failFastAfter: 1 }, { on: "connect", times: 9, action: { fail: { kind: "refused" } } }),
    leaky: troubled({ leakDetectionMs: 100 }),
    limited: troubled({ holdLimitMs: 100 }),
    dirty: troubled({}),
    checked: troubled({ validateAfterIdleMs: 0 }),
    used: troubled({ maxUses: 1 }),
    evicted: troubled({}),
    died: troubled({}, { on: "query", text: "select 1", action: { fail: { kind: "lost" } } }),
    idle: troubled({ idleTimeoutMs: 100 }),
  },
  { clock },
);
type Label = Parameters<typeof databases.database>[0];

const telemetry = new InMemoryTelemetry();
let watching: Telemetry;
let collected: ReadonlyMap<string, MetricData>;
let page = "";
/** While a label's only connection is held and somebody waits for it. */
let busy: ReadonlyMap<string, MetricData>;
let busyPage = "";
const codes: Partial<Record<Label, string[]>> = {};

/** Asks, and notes how that ends. */
async function ask(label: Label, options: { readonly timeoutMs?: number } = {}): Promise<void> {
  const how = await databases
    .database(label)
    .query("select 1", undefined, options)
    .then(
      () => "ok",
      (error: unknown) => (isMdbError(error) ? error.code : String(error)),
    );
  codes[label] = [...(codes[label] ?? []), how];
}

/** Holds the only connection of a label meanwhile. */
async function hold(label: Label, meanwhile: () => Promise<unknown>): Promise<void> {
  await databases.database(label).withConnection(
    async () => {
      await meanwhile();
    },
    { reset: "auto" },
  );
}

beforeAll(async () => {
  watching = instrument(databases, { ...telemetry.providers, spans: false });
  await hold("full", async () => {
    const waiting = ask("full");
    await ask("full");
    busy = await telemetry.collect();
    busyPage = metrics(databases).text();
    await clock.advance(700);
    await waiting;
  });
  await hold("stuck", async () => {
    const waiting = ask("stuck");
    await clock.advance(1_300);
    await waiting;
  });
  // How long a lease lasts is learned from twenty of them.
  for (let lease = 0; lease < 20; lease++) await hold("late", () => clock.advance(100));
  await hold("late", () => ask("late", { timeoutMs: 10 }));
  await databases.database("closed").close();
  await ask("closed");
  await hold("leaky", () => clock.advance(1_000));
  await hold("limited", () => clock.advance(1_000)).catch(() => {});
  await databases.database("dirty").withConnection(async () => {});
  await ask("checked");
  await clock.advance(10);
  await ask("checked");
  await ask("used");
  await ask("evicted");
  databases.database("evicted").evictConnections();
  await ask("died");
  await ask("idle");
  await clock.advance(1_000);
  for (let call = 0; call < 2; call++) await ask("down");
  collected = await telemetry.collect();
  page = metrics(databases).text();
});
afterAll(async () => {
  watching.stop();
  await databases.close();
  for (const fake of fakes) fake.close();
  await telemetry.shutdown();
});

/** The points of a metric that are above zero: its label, what else tells it apart, and its value. */
function aboveZero(metric: MetricData | undefined): string[] {
  return points(metric).flatMap(({ attributes, value }) => {
    const more = [attributes["reason"], attributes["state"], attributes["db.client.connection.state"]];
    const words = [attributes["db.client.connection.pool.name"], ...more, value];
    return typeof value === "number" && value > 0 ? [words.filter((it) => it !== undefined).join(" ")] : [];
  });
}

/** The same of a page for Prometheus. */
function samplesAboveZero(text: string, name: string): string[] {
  return text.split("\n").flatMap((line) => {
    const [, found = "", labels = "", value = ""] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (found !== name || Number(value) === 0) return [];
    return [
      [...labels.matchAll(/="([^"]*)"/g)]
        .map(([, it]) => it)
        .concat(value)
        .join(" "),
    ];
  });
}

const underscores = (name: string): string => name.replaceAll(".", "_");

it("are what they were meant to be", () => {
  expect(codes).toEqual({
    full: ["MDB_POOL_QUEUE_FULL", "MDB_POOL_TIMEOUT"],
    stuck: ["MDB_POOL_DEADLOCK"],
    late: ["MDB_POOL_OVERLOADED"],
    closed: ["MDB_POOL_CLOSED"],
    checked: ["ok", "ok"],
    used: ["ok"],
    evicted: ["ok"],
    died: ["MDB_CONNECTION_LOST"],
    idle: ["ok"],
    down: ["MDB_CONNECT", "MDB_CONNECT"],
  });
});

describe.each([
  ["db.client.connection.timeouts", ["full 1"]],
  [
    "mdb.client.request.rejected",
    ["full queueFull 1", "stuck deadlock 1", "late overloaded 1", "closed closed 1", "down down 2"],
  ],
  ["mdb.client.connection.leaks", ["leaky 1"]],
  ["mdb.client.connection.failures", ["down 1"]],
  ["mdb.client.connection.resets", ["dirty 1"]],
  ["mdb.client.connection.validations", ["checked 1"]],
  [
    "mdb.client.connection.closed",
    ["limited hold-limit 1", "used uses 1", "evicted evicted 1", "died died 1", "idle idle 1"],
  ],
])("%s", (name, expected) => {
  it("in OpenTelemetry", () => expect(aboveZero(collected.get(name)).sort()).toEqual(expected.toSorted()));

  it("in the page for Prometheus", () =>
    expect(samplesAboveZero(page, `${underscores(name)}_total`).sort()).toEqual(expected.toSorted()));
});

it("what is used and waited for is told while it is", () => {
  const told = (name: string) => [aboveZero(busy.get(name)), samplesAboveZero(busyPage, underscores(name))];
  for (const found of told("db.client.connection.pending_requests")) expect(found).toEqual(["full 1"]);
  for (const found of told("db.client.connection.count")) expect(found).toEqual(["full used 1"]);
});

it("a pool is in one state, whatever it was in before", () => {
  expect(aboveZero(busy.get("mdb.client.pool.health"))).toContain("down ok 1");
  const ofDown = (all: readonly string[]) => all.filter((it) => it.startsWith("down "));
  expect(ofDown(aboveZero(collected.get("mdb.client.pool.health")))).toEqual(["down down 1"]);
  expect(ofDown(samplesAboveZero(page, "mdb_client_pool_health"))).toEqual(["down down 1"]);
});

it("an attempt to connect that failed is told apart in db.client.connection.create_time", () => {
  const found = points(collected.get("db.client.connection.create_time"));
  const ofDown = found.filter((it) => it.attributes["db.client.connection.pool.name"] === "down");
  expect(ofDown.map(({ attributes, value }) => [attributes["error.type"], (value as { count: number }).count])).toEqual(
    [["MDB_CONNECT", 1]],
  );
});
