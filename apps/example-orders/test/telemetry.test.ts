import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startTelemetry } from "../src/telemetry/start-telemetry.ts";
import { RunningService } from "./running-service.ts";

let service: RunningService;
beforeEach(async () => {
  service = await RunningService.start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await service[Symbol.asyncDispose]();
});

/** Orders once while telemetry is on. */
async function orderWatched(wanted: "console" | "otlp"): Promise<number> {
  await using _telemetry = await startTelemetry(service.databases, wanted);
  return (await service.order([[1, 1]])).status;
}

it("sends spans and metrics of the databases to a collector", async () => {
  const received = new Map<string, string>();
  const collector = createServer(async (request, response) => {
    received.set(request.url ?? "", await text(request));
    response.setHeader("content-type", "application/json").end("{}");
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${(collector.address() as AddressInfo).port}`);
  expect(await orderWatched("otlp")).toBe(201);
  collector.closeAllConnections();
  collector.close();
  expect(received.get("/v1/traces")).toContain("transaction orders");
  expect(received.get("/v1/metrics")).toContain("db.client.operation.duration");
});

it("neither fails an order nor the end of the service where nothing listens", async () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
  expect(await orderWatched("otlp")).toBe(201);
});

it("shows them in the terminal", async () => {
  const shown = vi.spyOn(console, "dir").mockImplementation(() => {});
  expect(await orderWatched("console")).toBe(201);
  const names = shown.mock.calls.map(([it]) => (it as { readonly name?: string }).name);
  expect(names).toContain("transaction orders");
});
