import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import {
  DaoBase,
  DatabaseManager,
  DeadlockError,
  defineDatabase,
  defineTable,
  sql,
  type Transaction,
} from "@nsj/mdb-core";
import { FakeClock, fakeDriver } from "@nsj/mdb-testkit";
import { type Attributes, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { type ReadableSpan, SamplingDecision, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { type InstrumentOptions, instrument, type Telemetry } from "../src/index.ts";
import { pathOf, TelemetryUnderTest } from "./telemetry-under-test.ts";

const telemetry = new TelemetryUnderTest();
const url = new URL(inject("postgresUrl"));
let folder = "";
let databases: DatabaseManager;
let running: Telemetry | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mdb-otel-"));
  databases = new DatabaseManager({
    file: sqlite({ filename: join(folder, "shop.sqlite") }),
    memory: sqlite({ filename: ":memory:" }),
    pg: postgres({ connectionString: url.href, pool: { max: 2 } }),
  });
  for (const label of ["file", "pg"] as const) {
    await databases.database(label).execute("drop table if exists otel_orders");
    await databases.database(label).execute("create table otel_orders (id integer primary key, item text)");
  }
});
afterEach(() => running?.stop());
afterAll(async () => {
  await databases.database("pg").execute("drop table if exists otel_orders");
  await databases.close();
  await rm(folder, { recursive: true });
});

/** The spans of what `work` does. */
async function spansOf(work: () => unknown, options: InstrumentOptions = {}): Promise<ReadableSpan[]> {
  telemetry.takeSpans();
  running = instrument(databases, { ...telemetry.providers, metrics: false, ...options });
  await work();
  running.stop();
  return telemetry.takeSpans();
}

async function spanOf(work: () => unknown, options?: InstrumentOptions): Promise<ReadableSpan> {
  const [span] = (await spansOf(work, options)).filter(({ name }) => !name.startsWith("connect"));
  if (span === undefined) throw new Error("there was no span");
  return span;
}

const file = () => databases.database("file");
const pg = () => databases.database("pg");
const memory = () => databases.database("memory");

describe("the span of a statement", () => {
  it("is called by its summary, is a client's, and says where the database is, on PostgreSQL", async () => {
    const span = await spanOf(() => pg().query("select item from otel_orders where id = $1", [1]));
    expect(span.name).toBe("select otel_orders");
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.instrumentationScope).toMatchObject({
      name: "@nsj/mdb",
      schemaUrl: "https://opentelemetry.io/schemas/1.44.0",
    });
    expect(span.attributes).toMatchObject({
      "db.system.name": "postgresql",
      "db.namespace": url.pathname.slice(1),
      "server.address": url.hostname,
      "server.port": Number(url.port),
      "db.query.summary": "select otel_orders",
      "db.query.text": "select item from otel_orders where id = $1",
      "mdb.database": "pg",
      "mdb.pool.wait_ms": expect.any(Number),
    });
  });

  it("has a file's name on SQLite, and is internal in memory", async () => {
    const span = await spanOf(() => file().query(sql`select ${1} as one`));
    expect(span.attributes).toMatchObject({ "db.system.name": "sqlite", "db.namespace": "shop.sqlite" });
    expect(span.attributes).not.toHaveProperty("server.address");
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect((await spanOf(() => memory().query(sql`select ${1} as one`))).kind).toBe(SpanKind.INTERNAL);
  });

  it("has no literal of a text that holds its values, and only its operation as a summary", async () => {
    const span = await spanOf(() => file().query("select * from otel_orders where item = 'secret' and id = 17"));
    expect(span.name).toBe("select");
    expect(span.attributes["db.query.text"]).toBe("select * from otel_orders where item = ? and id = ?");
    const without = await spanOf(() => file().query("select 1"), { queryText: false });
    expect(without.attributes).not.toHaveProperty("db.query.text");
  });

  it("names operation and table where a DAO or a bulk load does, and nobody else", async () => {
    const orders = defineTable<{ id: number; item: string }>("otel_orders").primaryKey("id");
    const dao = new DaoBase(orders, file());
    await dao.findAll();
    const read = await spanOf(() => dao.findById(1));
    expect(read.attributes).toMatchObject({ "db.operation.name": "select", "db.collection.name": "otel_orders" });
    const written = await spanOf(() => dao.insert({ id: 1, item: "tea" }));
    expect(written.attributes).toMatchObject({ "db.operation.name": "insert", "db.collection.name": "otel_orders" });
    const loads = await spansOf(() => file().bulkInsert("otel_orders", ["id", "item"], [[2, "milk"]]));
    expect(loads.find(({ name }) => name.startsWith("insert"))?.attributes).toMatchObject({
      "db.operation.name": "insert",
      "db.collection.name": "otel_orders",
    });
    const plain = await spanOf(() => file().query("select * from otel_orders where id = ?", [1]));
    expect(plain.attributes).not.toHaveProperty("db.operation.name");
    expect(plain.attributes).not.toHaveProperty("db.collection.name");
  });

  it("names a procedure", async () => {
    await pg().execute("create or replace procedure otel_nothing(a integer) language sql as 'select 1'");
    const span = await spanOf(() => pg().call("otel_nothing", { a: 1 }));
    await pg().execute("drop procedure otel_nothing");
    expect(span.attributes["db.stored_procedure.name"]).toBe("otel_nothing");
  });

  it.each(["file", "pg"] as const)("of several parameter sets is a batch, and counts them, on %s", async (label) => {
    const value = label === "pg" ? "$1" : "?";
    const text = `insert into otel_orders (id) values (${value})`;
    const batches = async (sets: Iterable<[number]>) =>
      (await spansOf(() => databases.database(label).executeMany(text, sets)))
        .filter(({ attributes }) => attributes["db.query.text"] === text)
        .map(({ attributes, name }) => [name, attributes["db.query.summary"], attributes["db.operation.batch.size"]]);
    const batch = "BATCH insert otel_orders";
    expect(await batches([[11], [12], [13]])).toEqual([[batch, batch, 3]]);
    expect(await batches([[14]])).toEqual([["insert otel_orders", "insert otel_orders", undefined]]);
    expect(await batches([])).toEqual([[batch, batch, 0]]);
    // How many there are is known only once they have been taken.
    expect(await batches(new Set<[number]>([[15], [16]]))).toEqual([[batch, batch, 2]]);
    expect(await batches(new Set<[number]>([[17]]))).toEqual([["insert otel_orders", "insert otel_orders", undefined]]);
  });

  it("gives samplers what they decide by, a batch included whose sets are an array", async () => {
    const seen = new Map<string, Attributes>();
    const tracerProvider = new TracerProvider({
      sampler: {
        shouldSample(_context, _trace, name, _kind, attributes) {
          seen.set(name, attributes);
          return { decision: SamplingDecision.RECORD };
        },
      },
    });
    using _watching = instrument(databases, { tracerProvider, metrics: false });
    await pg().executeMany("insert into otel_orders (id) values ($1)", [[21], [22]]);
    await new DaoBase(defineTable<{ id: number; item: string }>("otel_orders").primaryKey("id"), pg()).findAll();
    const place = {
      "db.system.name": "postgresql",
      "db.namespace": url.pathname.slice(1),
      "server.address": url.hostname,
      "server.port": Number(url.port),
    };
    expect(seen.get("BATCH insert otel_orders")).toMatchObject({
      ...place,
      "db.query.summary": "BATCH insert otel_orders",
      "db.query.text": "insert into otel_orders (id) values ($1)",
    });
    const ofDao = [...seen.values()].find((it) => it["db.collection.name"] === "otel_orders");
    expect(ofDao).toMatchObject({ ...place, "db.operation.name": "select" });
  });

  it("of a statement that was sent again on another connection is one, without an error", async () => {
    const fake = fakeDriver();
    const own = new DatabaseManager({ main: defineDatabase(fake.driver, { name: "otel-again" }) });
    await own.database("main").query("select 1");
    const failure = { kind: "lost", connection: "dead", executed: "no", retry: "connect" } as const;
    fake.script({ on: "query", text: "select 2", times: 1, action: { fail: failure } });
    telemetry.takeSpans();
    const watching = instrument(own, { ...telemetry.providers, metrics: false });
    await own.database("main").query("select 2", []);
    watching.stop();
    const spans = telemetry.takeSpans().filter(({ name }) => !name.startsWith("connect"));
    await own.close();
    fake.close();
    expect(spans.map(({ name, status }) => [name, status.code])).toEqual([["select", SpanStatusCode.UNSET]]);
    expect(spans[0]?.attributes).not.toHaveProperty("error.type");
  });

  it("has an event for a long wait for a connection, and only for that", async () => {
    const clock = new FakeClock();
    const fake = fakeDriver();
    const own = new DatabaseManager(
      { main: defineDatabase(fake.driver, { name: "otel-wait", pool: { max: 1 } }) },
      { clock },
    );
    const main = own.database("main");
    await main.query("select 1");
    telemetry.takeSpans();
    const watching = instrument(own, { ...telemetry.providers, metrics: false });
    let waiting: Promise<unknown> | undefined;
    await main.withConnection(async () => {
      waiting = main.query("select 'late'");
      await clock.advance(25);
    });
    await waiting;
    await main.query("select 'soon'");
    watching.stop();
    const spans = telemetry.takeSpans().filter(({ name }) => name === "select");
    await own.close();
    fake.close();
    expect(spans.map(({ attributes }) => attributes["mdb.pool.wait_ms"])).toEqual([25, 0]);
    expect(spans.map(({ events }) => events.map(({ name }) => name))).toEqual([["mdb.pool.wait"], []]);
  });

  it("tells the server's code and the kind of an error, which no value is in", async () => {
    const missing = await spanOf(() =>
      pg()
        .query("select * from otel_nowhere")
        .catch(() => {}),
    );
    expect(missing.attributes).toMatchObject({ "db.response.status_code": "42P01", "error.type": "42P01" });
    expect(missing.status).toEqual({ code: SpanStatusCode.ERROR, message: "42P01" });
    const onFile = await spanOf(() =>
      file()
        .execute("insert into otel_orders (id) values (11)")
        .catch(() => {}),
    );
    expect(onFile.attributes["db.response.status_code"]).toMatch(/SQLITE_CONSTRAINT|1555|19/);
    const late = await spanOf(() =>
      pg()
        .query("select pg_sleep(5)", [], { timeoutMs: 20 })
        .catch(() => {}),
    );
    expect(late.attributes["error.type"]).toBe("MDB_STATEMENT_TIMEOUT");
  });

  it("tells rows only for whoever asks, and the statement's name", async () => {
    const work = () => file().query("select 1 union select 2", [], { name: "two numbers" });
    expect((await spanOf(work)).attributes).not.toHaveProperty("db.response.returned_rows");
    const span = await spanOf(work, { returnedRows: true });
    expect(span.attributes["db.response.returned_rows"]).toBe(2);
    expect(span.attributes["mdb.query.name"]).toBe("two numbers");
  });

  it("of a stream lasts until the caller has gone", async () => {
    const span = await spanOf(async () => {
      for await (const _row of pg().stream("select * from generate_series(1, $1::int)", [1_000], { fetchSize: 10 }))
        break;
    });
    expect(span.attributes).toMatchObject({
      "mdb.stream.left_early": true,
      "mdb.connection.number": expect.any(Number),
    });
  });

  it("is given to a logger where it fails and there is one", async () => {
    const exporter = new InMemoryLogRecordExporter();
    const loggerProvider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
    const span = await spanOf(
      () =>
        pg()
          .query("select * from otel_nowhere")
          .catch(() => {}),
      { loggerProvider },
    );
    const [record] = exporter.getFinishedLogRecords();
    expect(record).toMatchObject({
      eventName: "db.client.operation.exception",
      attributes: { "exception.type": "UndefinedObjectError", "error.type": "42P01", "db.system.name": "postgresql" },
    });
    expect(record?.spanContext?.spanId).toBe(span.spanContext().spanId);
    // It may have waited for its connection, which is an event.
    expect(span.events.map(({ name }) => name)).not.toContain("exception");
    await loggerProvider.shutdown();
  });
});

describe("the span of a transaction", () => {
  it("is the parent of its statements, of BEGIN and COMMIT, and of the callback's own spans", async () => {
    const tracer = telemetry.tracerProvider.getTracer("app");
    const spans = await spansOf(() =>
      tracer.startActiveSpan("request", async (request) => {
        await pg().transaction(
          async (tx) => {
            await tx.query(sql`select 1 from otel_orders`);
            await tracer.startActiveSpan("my work", async (own) => {
              await tx.query(sql`select 2 from otel_orders`);
              own.end();
            });
          },
          { isolation: "serializable", readOnly: true },
        );
        request.end();
      }),
    );
    expect(spans.map((span) => pathOf(span, spans).join(" > ")).filter((it) => !it.includes("connect"))).toEqual([
      expect.stringMatching(/^request > transaction pg > begin /),
      "request > transaction pg > select otel_orders",
      "request > transaction pg > my work > select otel_orders",
      "request > transaction pg > my work",
      expect.stringMatching(/^request > transaction pg > commit /),
      "request > transaction pg",
      "request",
    ]);
    const transaction = spans.find(({ name }) => name === "transaction pg");
    expect(transaction?.kind).toBe(SpanKind.INTERNAL);
    expect(transaction?.attributes).toMatchObject({
      "mdb.database": "pg",
      "mdb.transaction.isolation": "serializable",
      "mdb.transaction.read_only": true,
      "mdb.transaction.attempt": 1,
      "mdb.transaction.outcome": "committed",
      "mdb.transaction.statements": 2,
    });
    const ids = spans.map(({ attributes }) => attributes["mdb.transaction.id"]).filter((it) => it !== undefined);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(5);
  });

  it("is one for each attempt, and fails with it", async () => {
    let runs = 0;
    const work = async (tx: Transaction): Promise<void> => {
      await tx.query("select 1");
      if (runs++ === 0) throw new DeadlockError("lost", { database: "file", engine: "sqlite" });
    };
    const spans = await spansOf(() => file().transaction(work, { retry: { attempts: 2, backoffMs: 0 } }));
    const attempts = spans.filter(({ name }) => name === "transaction file");
    expect(attempts.map(({ attributes, status }) => [attributes["mdb.transaction.attempt"], status.code])).toEqual([
      [1, SpanStatusCode.ERROR],
      [2, SpanStatusCode.UNSET],
    ]);
  });

  it("has savepoints inside of it for whoever asks", async () => {
    const work = () => file().transaction((tx) => tx.savepoint((inner) => inner.query(sql`select 1 from otel_orders`)));
    const named = (spans: ReadableSpan[]) => spans.map((span) => pathOf(span, spans).join(" > "));
    expect(named(await spansOf(work))).not.toContain("transaction file > savepoint file");
    const spans = named(await spansOf(work, { savepoints: true }));
    expect(spans).toContain("transaction file > savepoint file > select otel_orders");
  });

  it("is there for sessions and for those that end it by hand, whose statements name it", async () => {
    const spans = await spansOf(async () => {
      await file().withSession(async (session) => {
        await session.query(sql`select 1 from otel_orders`);
        await session.commit();
      });
      await using held = await file().begin();
      await held.query(sql`select 1 from otel_orders`);
    });
    const transactions = spans.filter(({ name }) => name === "transaction file");
    expect(transactions.map(({ attributes }) => attributes["mdb.transaction.outcome"])).toEqual([
      "committed",
      "rolled back",
    ]);
    for (const { attributes } of transactions) {
      const id = attributes["mdb.transaction.id"];
      expect(spans.filter((it) => it.attributes["mdb.transaction.id"] === id).map(({ name }) => name)).toContain(
        "select otel_orders",
      );
    }
  });
});

it("the span of a connect says where to, and why it failed", async () => {
  const unreachable = new DatabaseManager({
    gone: postgres({ host: "127.0.0.1", port: 1, user: "u", password: "p", database: "d" }),
  });
  telemetry.takeSpans();
  using _watching = instrument(unreachable, { ...telemetry.providers, metrics: false });
  await unreachable
    .database("gone")
    .query("select 1")
    .catch(() => {});
  await unreachable.close();
  const connect = telemetry.takeSpans().find(({ name }) => name === "connect gone");
  expect(connect?.kind).toBe(SpanKind.CLIENT);
  expect(connect?.attributes).toMatchObject({
    "db.system.name": "postgresql",
    "server.address": "127.0.0.1",
    "server.port": 1,
    "error.type": expect.any(String),
  });
});

it("a transaction over several databases is one span, with what each of them prepares, decides and finishes", async () => {
  const { referenceDriver, referenceServer } = await import("@nsj/mdb-testkit");
  const servers = [await referenceServer(), await referenceServer()] as const;
  const entry = ({ host, port, user, password, database }: (typeof servers)[number]) =>
    defineDatabase(referenceDriver, { host, port, user, password, database });
  const both = new DatabaseManager({ a: entry(servers[0]), b: entry(servers[1]) });
  await both.prepareStore("a");
  for (const label of ["a", "b"] as const) await both.database(label).execute("create table t (id integer)");
  telemetry.takeSpans();
  const watching = instrument(both, { ...telemetry.providers, metrics: false });
  await both.transaction(
    ["a", "b"],
    async ({ a, b }) => {
      await a.execute("insert into t values (?)", [1]);
      await b.execute("insert into t values (?)", [1]);
    },
    { decider: "a", timeoutMs: 5_000 },
  );
  watching.stop();
  const spans = telemetry.takeSpans();
  const paths = spans.map((span) => pathOf(span, spans).join(" > "));
  for (const step of ["insert t", "prepare", "commit", "commit prepared"]) {
    expect(paths.filter((it) => it.startsWith(`transaction a b > ${step}`)).length).toBeGreaterThan(0);
  }
  expect(spans.find(({ name }) => name === "transaction a b")?.attributes).toMatchObject({
    "mdb.decider": "a",
    "mdb.outcome": "committed",
    "mdb.votes": ["a=committed", "b=committed"],
  });
  await both.close();
  for (const server of servers) await server.close();
});

it("refuses options that are wrong", () => {
  expect(() => instrument({ queryText: "all" as never })).toThrow(/queryText/);
  expect(() => instrument({ parameters: true as never })).toThrow(/parameters/);
  expect(() => instrument({ tracing: true } as never)).toThrow(/tracing/);
});
