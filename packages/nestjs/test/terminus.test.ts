import "reflect-metadata";
import type { AddressInfo } from "node:net";
import { Controller, Get, Inject, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { HealthCheck, type HealthCheckResult, HealthCheckService, TerminusModule } from "@nestjs/terminus";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { MdbHealthIndicator, MdbModule } from "@nsj/mdb-nestjs";
import { expect, it, onTestFinished } from "vitest";
import { decorateMethod } from "./decorate.ts";

class HealthController {
  readonly #health: HealthCheckService;
  readonly #databases: MdbHealthIndicator;

  constructor(health: HealthCheckService, databases: MdbHealthIndicator) {
    this.#health = health;
    this.#databases = databases;
  }

  check(): Promise<HealthCheckResult> {
    return this.#health.check([() => this.#databases.isHealthy("databases")]);
  }
}
Controller("health")(HealthController);
for (const [index, token] of [HealthCheckService, MdbHealthIndicator].entries()) {
  Inject(token)(HealthController, undefined, index);
}
decorateMethod(HealthController.prototype, "check", [Get(), HealthCheck()]);

it("Terminus answers with what the indicator says", async () => {
  const databases = new DatabaseManager({ main: sqlite({ filename: ":memory:" }) });
  class Application {}
  Module({
    imports: [TerminusModule.forRoot({ logger: false }), MdbModule.forRoot({ databases })],
    controllers: [HealthController],
  })(Application);
  const app = await NestFactory.create(Application, { logger: false });
  onTestFinished(() => app.close());
  await app.listen(0, "127.0.0.1");
  const { port } = app.getHttpServer().address() as AddressInfo;
  const health = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    return { status: response.status, body: await response.json() };
  };

  const up = { status: "up", databases: { main: { status: "up", latencyMs: expect.any(Number) } } };
  expect(await health()).toMatchObject({ status: 200, body: { status: "ok", details: { databases: up } } });
  await databases.close();
  const main = { status: "down", latencyMs: expect.any(Number), code: "MDB_POOL_CLOSED" };
  expect(await health()).toMatchObject({
    status: 503,
    body: { status: "error", error: { databases: { status: "down", databases: { main } } } },
  });
});
