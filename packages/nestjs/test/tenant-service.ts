import "reflect-metadata";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpException,
  Inject,
  Module,
  Param,
  Post,
  StreamableFile,
} from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { DatabaseManager } from "@nsj/mdb-core";
import {
  type HandlerRequest,
  runHandler,
  type Service,
  streamHandler,
  type TenantServiceOptions,
  tenantFrom,
} from "@nsj/mdb-http-testkit";
import { DatabaseSessions, MdbHealthIndicator, MdbModule, MdbTenantModule, WithoutTenant } from "@nsj/mdb-nestjs";
import { decorateMethod } from "./decorate.ts";

class Routes {
  readonly #databases: DatabaseManager;
  readonly #sessions: DatabaseSessions;

  constructor(databases: DatabaseManager, sessions: DatabaseSessions) {
    this.#databases = databases;
    this.#sessions = sessions;
  }

  run(name: string, user: string): Promise<unknown> {
    return runHandler(name, this.#request(user));
  }

  stream(name: string, user: string): StreamableFile {
    return new StreamableFile(Readable.from(streamHandler(name, this.#request(user)), { objectMode: false }));
  }

  post(name: string, user: string, body: unknown): Promise<unknown> {
    return runHandler(name, { ...this.#request(user), body });
  }

  #request(user: string): HandlerRequest {
    return {
      databases: this.#databases,
      session: (label) => this.#sessions.session(label),
      clientGone: this.#sessions.clientGone,
      user: Number(user),
    };
  }
}
Controller("t/:tenant")(Routes);
for (const [index, token] of [DatabaseManager, DatabaseSessions].entries()) Inject(token)(Routes, undefined, index);
decorateMethod(Routes.prototype, "run", [Get("run/:name/:user")], [Param("name"), Param("user")]);
decorateMethod(Routes.prototype, "stream", [Get("stream/:name/:user")], [Param("name"), Param("user")]);
decorateMethod(
  Routes.prototype,
  "post",
  [Post("post/:name/:user"), HttpCode(200)],
  [Param("name"), Param("user"), Body()],
);

class Health {
  readonly #indicator: MdbHealthIndicator;

  constructor(indicator: MdbHealthIndicator) {
    this.#indicator = indicator;
  }

  async health(): Promise<unknown> {
    const { all } = await this.#indicator.isHealthy("all");
    if (all.status === "down") throw new HttpException(all, 503);
    return all;
  }
}
Controller()(Health);
WithoutTenant()(Health);
Inject(MdbHealthIndicator)(Health, undefined, 0);
decorateMethod(Health.prototype, "health", [Get("health")]);

interface HasHeaders {
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The suite's service for tenants on a platform of Nest. */
export async function startTenantService(
  databases: DatabaseManager,
  platform: AbstractHttpAdapter,
  { tenants, way, ...options }: TenantServiceOptions,
): Promise<Service> {
  class Application {}
  const from = tenantFrom<HasHeaders>(way, (request, name) => request.headers[name]);
  const imports = [MdbModule.forRoot({ databases, ...options }), MdbTenantModule.forRoot({ tenants, from })];
  Module({ imports, controllers: [Health, Routes] })(Application);
  const app = await NestFactory.create(Application, platform, { logger: false });
  await app.listen(0, "127.0.0.1");
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => app.close() };
}
