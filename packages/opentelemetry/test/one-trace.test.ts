import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { FastifyOtelInstrumentation } from "@fastify/otel";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, sql } from "@nsj/mdb-core";
import { mdbFastify } from "@nsj/mdb-fastify";
import { metrics, trace } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import fastify from "fastify";
import { afterEach, expect, inject, it } from "vitest";
import { instrument, MdbInstrumentation } from "../src/index.ts";
import { InMemoryTelemetry, pathOf, points, TelemetryUnderTest } from "./telemetry-under-test.ts";

const telemetry = new TelemetryUnderTest();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

it("goes from a request by Fastify's own instrumentation to the transaction and its statements", async () => {
  trace.setGlobalTracerProvider(telemetry.tracerProvider);
  metrics.setGlobalMeterProvider(telemetry.meterProvider);
  const http = new HttpInstrumentation();
  const ofFastify = new FastifyOtelInstrumentation();
  cleanUps.push(
    registerInstrumentations({ instrumentations: [http, ofFastify], tracerProvider: telemetry.tracerProvider }),
  );
  // What is required from here on is instrumented.
  const patched = createRequire(import.meta.url)("node:http") as typeof import("node:http");
  const databases = new DatabaseManager({ orders: postgres({ connectionString: inject("postgresUrl") }) });
  const watching = instrument(databases);
  const app = fastify({ serverFactory: (handler) => patched.createServer(handler) });
  cleanUps.push(
    () => databases.close(),
    () => watching.stop(),
    () => app.close(),
  );
  await app.register(ofFastify.plugin());
  await app.register(mdbFastify, { databases });
  app.post("/orders", () =>
    databases.database("orders").transaction(async (tx) => ({
      one: await tx.queryScalar(sql`select ${1}::int from pg_class limit 1`),
    })),
  );
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const answer = await fetch(`${address}/orders`, { method: "POST" });
  expect(await answer.json()).toEqual({ one: 1 });
  const spans = telemetry.takeSpans();
  const statement = spans.find(({ name }) => name === "select pg_class");
  if (statement === undefined) throw new Error("the statement has no span");
  const path = pathOf(statement, spans);
  expect(path.slice(-2)).toEqual(["transaction orders", "select pg_class"]);
  expect(path[0]).toMatch(/^POST/);
  expect(path.length).toBeGreaterThanOrEqual(4);
  const one = statement.spanContext().traceId;
  const ours = spans.filter((it) => it.instrumentationScope.name === "@nsj/mdb" && !it.name.startsWith("connect"));
  expect(new Set(ours.map((it) => it.spanContext().traceId))).toEqual(new Set([one]));
});

it("the SDK's list of instrumentations takes it, for every manager of the process", async () => {
  const own = new InMemoryTelemetry();
  const instrumentation = new MdbInstrumentation();
  const unregister = registerInstrumentations({ instrumentations: [instrumentation], ...own.providers });
  await using first = new DatabaseManager({ one: sqlite({ filename: ":memory:" }) });
  await using second = new DatabaseManager({ two: sqlite({ filename: ":memory:" }) });
  await first.database("one").query(sql`select 1`);
  await second.database("two").query(sql`select 2`);
  const labels = () =>
    own
      .takeSpans()
      .filter(({ name }) => name === "select")
      .map((it) => it.attributes["mdb.database"]);
  expect(labels()).toEqual(["one", "two"]);
  const pools = points((await own.collect()).get("db.client.connection.max"));
  expect(pools.map(({ attributes }) => attributes["db.client.connection.pool.name"])).toEqual(["one", "two"]);
  expect(instrumentation.getConfig().enabled).toBe(true);
  unregister();
  await first.database("one").query(sql`select 3`);
  expect(labels()).toEqual([]);
  expect(instrumentation.getConfig().enabled).toBe(false);
  await own.shutdown();
});

it("watches one manager among several that use the same label, and stops when it is disposed of", async () => {
  const own = new InMemoryTelemetry();
  await using mine = new DatabaseManager({ one: sqlite({ filename: ":memory:" }) });
  await using other = new DatabaseManager({ one: sqlite({ filename: ":memory:" }) });
  {
    using _watching = instrument(mine, own.providers);
    await other.database("one").query(sql`select 1`);
    expect(own.takeSpans()).toEqual([]);
    await mine.database("one").query(sql`select 1`);
    expect(own.takeSpans().map(({ name }) => name)).toContain("select");
  }
  await mine.database("one").query(sql`select 1`);
  expect(own.takeSpans()).toEqual([]);
  await own.shutdown();
});

it("reaches a collector over OTLP", async () => {
  const received = new Map<string, string>();
  const collector: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.set(request.url ?? "", Buffer.concat(chunks).toString());
      response.setHeader("content-type", "application/json");
      response.end("{}");
    });
  });
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  cleanUps.push(() => collector.close());
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const spans = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
  const exporter = new OTLPMetricExporter({ url: `${url}/v1/metrics` });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  await using databases = new DatabaseManager({ memory: sqlite({ filename: ":memory:" }) });
  const watching = instrument(databases, { tracerProvider, meterProvider });
  await databases.database("memory").query(sql`select ${1} as one`);
  await tracerProvider.forceFlush();
  await meterProvider.forceFlush();
  watching.stop();
  await tracerProvider.shutdown();
  await meterProvider.shutdown();
  const traces = JSON.parse(received.get("/v1/traces") ?? "{}");
  const [scope] = traces.resourceSpans[0].scopeSpans;
  expect(scope.scope.name).toBe("@nsj/mdb");
  expect(scope.schemaUrl).toBe("https://opentelemetry.io/schemas/1.44.0");
  expect(scope.spans[0].attributes).toContainEqual({ key: "db.system.name", value: { stringValue: "sqlite" } });
  const figures = JSON.parse(received.get("/v1/metrics") ?? "{}");
  const names = figures.resourceMetrics[0].scopeMetrics[0].metrics.map((it: { name: string }) => it.name);
  expect(names).toEqual(expect.arrayContaining(["db.client.operation.duration", "db.client.connection.count"]));
});
