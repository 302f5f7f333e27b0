import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { type Outbox, outbox } from "@nsj/mdb-outbox";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentTraceparent, instrument, type Telemetry } from "../src/index.ts";
import { pathOf, points, TelemetryUnderTest } from "./telemetry-under-test.ts";

const telemetry = new TelemetryUnderTest();
let databases: DatabaseManager;
let others: DatabaseManager;
let events: Outbox;
let watching: Telemetry;

beforeAll(async () => {
  databases = new DatabaseManager({ shop: sqlite({ filename: ":memory:" }) });
  others = new DatabaseManager({ shop: sqlite({ filename: ":memory:" }) });
  watching = instrument(databases, telemetry.providers);
  events = outbox(databases.database("shop"), { traceparent: currentTraceparent });
  await events.createTables();
});
afterAll(async () => {
  watching.stop();
  await databases.close();
  await others.close();
});

const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};
const add = (topic: string, body: unknown = 1) =>
  databases.transaction("shop", () => events.add({ topic, key: topic, body }));
const isEmpty = async () => (await events.size()) === 0;
const options = { idleMs: 5, attempts: 2, initialBackoffMs: 1, onError: () => {} };

/** The spans of outboxes that `work` leads to. */
async function outboxSpans(work: () => Promise<unknown>): Promise<{ all: ReadableSpan[]; spans: ReadableSpan[] }> {
  telemetry.takeSpans();
  await work();
  const all = telemetry.takeSpans();
  return { all, spans: all.filter(({ name }) => name.startsWith("outbox")) };
}

describe("the spans of an outbox", () => {
  it("are one for who writes, below his own, and one for who handles, linked to it, around what the handler does", async () => {
    const tracer = telemetry.tracerProvider.getTracer("test");
    let id = "";
    const did = async () => void tracer.startSpan("mail").end();
    const { all, spans } = await outboxSpans(async () => {
      await tracer.startActiveSpan("request", async (span) => {
        id = await add("did");
        span.end();
      });
      await using _running = events.relay({ did }, options).start();
      await until(isEmpty);
    });
    const [writing, handling] = spans as [ReadableSpan, ReadableSpan];
    expect(spans.map(({ kind, name }) => [name, kind])).toEqual([
      ["outbox did", SpanKind.PRODUCER],
      ["outbox did", SpanKind.CONSUMER],
    ]);
    const common = {
      "messaging.system": "mdb",
      "messaging.destination.name": "did",
      "messaging.message.id": id,
      "mdb.database": "shop",
    };
    expect(writing.attributes).toEqual({
      ...common,
      "messaging.operation.name": "add",
      "messaging.operation.type": "create",
    });
    expect(pathOf(writing, all)).toEqual(["request", "transaction shop", "outbox did"]);
    expect(handling.attributes).toEqual({
      ...common,
      "messaging.operation.name": "deliver",
      "messaging.operation.type": "process",
      "mdb.attempt": 1,
      "mdb.outbox.outcome": "delivered",
    });
    expect(handling.parentSpanContext).toBeUndefined();
    expect(handling.spanContext().traceId).not.toBe(writing.spanContext().traceId);
    expect(handling.links.map(({ context: { spanId, traceId } }) => ({ spanId, traceId }))).toEqual([
      { spanId: writing.spanContext().spanId, traceId: writing.spanContext().traceId },
    ]);
    const mail = all.find(({ name }) => name === "mail") as ReadableSpan;
    expect(pathOf(mail, all)).toEqual(["outbox did", "mail"]);
    expect(all.filter(({ status }) => status.code === SpanStatusCode.ERROR)).toEqual([]);
  });

  it("say how a handler has failed, and that this was the last attempt", async () => {
    const failing = () => Promise.reject(Object.assign(new RangeError("secret"), { code: "E_RANGE" }));
    const { spans } = await outboxSpans(async () => {
      await add("failing");
      await using _running = events.relay({ failing }, options).start();
      await until(isEmpty);
    });
    const told = spans
      .filter(({ kind }) => kind === SpanKind.CONSUMER)
      .map(({ attributes, status }) => [
        attributes["mdb.attempt"],
        attributes["mdb.outbox.outcome"],
        attributes["error.type"],
        status,
      ]);
    const status = { code: SpanStatusCode.ERROR, message: "E_RANGE" };
    expect(told).toEqual([
      [1, "failed", "E_RANGE", status],
      [2, "dead", "E_RANGE", status],
    ]);
    expect(JSON.stringify(spans.map(({ attributes, events: logged }) => [attributes, logged]))).not.toContain("secret");
  });

  it("name no topic where one call has several, count its messages, and end with the error of a call that failed", async () => {
    const { spans } = await outboxSpans(async () => {
      await databases.transaction("shop", () =>
        events.addMany([
          { topic: "did", body: 1 },
          { topic: "other", body: 2 },
        ]),
      );
      await events.add({ topic: "did", body: 1 }).catch(() => {});
      await using _running = events.relay({ did: async () => {}, other: async () => {} }, options).start();
      await until(isEmpty);
    });
    const writing = spans.filter(({ kind }) => kind === SpanKind.PRODUCER);
    expect(
      writing.map(({ name, attributes, status: { code } }) => [
        name,
        attributes["messaging.batch.message_count"],
        code,
      ]),
    ).toEqual([
      ["outbox", 2, SpanStatusCode.UNSET],
      ["outbox did", undefined, SpanStatusCode.ERROR],
    ]);
    expect(writing[1]?.attributes["error.type"]).toBe("MDB_TRANSACTION_STATE");
  });

  it("are none of a manager that is not watched, nor after the end of watching", async () => {
    const there = outbox(others.database("shop"));
    await there.createTables();
    const { spans } = await outboxSpans(async () => {
      await others.transaction("shop", () => there.add({ topic: "did", body: 1 }));
      await using _running = there.relay({ did: async () => {} }, options).start();
      await until(async () => (await there.size()) === 0);
    });
    expect(spans).toEqual([]);
  });
});

describe("the trace context for an outbox", () => {
  it("is that of the active span, and none without one", async () => {
    expect(currentTraceparent()).toBeUndefined();
    const tracer = telemetry.tracerProvider.getTracer("test");
    tracer.startActiveSpan("request", (span) => {
      const { traceId, spanId } = span.spanContext();
      expect(currentTraceparent()).toBe(`00-${traceId}-${spanId}-01`);
      expect(trace.getActiveSpan()).toBe(span);
      span.end();
    });
  });
});

describe("the metrics of an outbox", () => {
  it("count what was delivered, what has failed and what was given up, by label and topic", async () => {
    await add("counted");
    await add("counted");
    await add("hopeless");
    const handlers = { counted: async () => {}, hopeless: () => Promise.reject(new Error("no")) };
    const running = events.relay(handlers, options).start();
    await until(isEmpty);
    await running.stop();
    const metrics = await telemetry.collect();
    const of = (name: string, topic: string) =>
      points(metrics.get(name))
        .filter(({ attributes }) => attributes["messaging.destination.name"] === topic)
        .map(({ attributes, value }) => [attributes["mdb.database"], attributes["error.type"], value]);
    expect(of("mdb.outbox.delivered", "counted")).toEqual([["shop", undefined, 2]]);
    expect(of("mdb.outbox.failed", "counted")).toEqual([]);
    expect(of("mdb.outbox.delivered", "hopeless")).toEqual([]);
    expect(of("mdb.outbox.failed", "hopeless")).toEqual([["shop", "_OTHER", 2]]);
    expect(of("mdb.outbox.dead", "hopeless")).toEqual([["shop", undefined, 1]]);
    const unit = (name: string) => metrics.get(`mdb.outbox.${name}`)?.descriptor.unit;
    expect(["delivered", "failed", "dead"].map(unit)).toEqual(["{message}", "{message}", "{message}"]);
  });

  it("tell what waits and for how long, while a relay of this process is the one that tells it", async () => {
    const availableAt = new Date(Date.now() + 3_600_000);
    await databases.transaction("shop", () => events.add({ topic: "later", body: 1, availableAt }));
    await add("stuck");
    await databases.database("shop").execute("update mdb_outbox set written_at = written_at - 60000");
    const pendingOf = async (topic: string) => {
      const metrics = await telemetry.collect();
      const of = (name: string) =>
        points(metrics.get(name)).find(({ attributes }) => attributes["messaging.destination.name"] === topic)?.value;
      return [of("mdb.outbox.pending"), of("mdb.outbox.age")];
    };
    const running = events.relay(
      { stuck: () => new Promise(() => {}), idle: async () => {} },
      {
        ...options,
        handlerTimeoutMs: 50,
      },
    );
    const relay = running.start();
    await until(async () => (await pendingOf("later"))[0] !== undefined);
    expect(await pendingOf("later")).toEqual([1, 0]);
    expect(await pendingOf("idle")).toEqual([0, 0]);
    const [waiting, age] = await pendingOf("stuck");
    expect(waiting).toBe(1);
    expect(age).toBeGreaterThanOrEqual(60);
    expect(age).toBeLessThan(3_600);
    await relay.stop();
    // Another process tells it from now on: what this one goes on to say must add nothing.
    expect([await pendingOf("later"), await pendingOf("stuck")]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
