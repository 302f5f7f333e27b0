import "reflect-metadata";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import {
  Controller,
  Get,
  HttpException,
  Inject,
  type LoggerService,
  Module,
  Param,
  StreamableFile,
} from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { DatabaseManager, isMdbError } from "@nsj/mdb-core";
import {
  type HandlerRequest,
  runHandler,
  type Service,
  type ServiceOptions,
  streamHandler,
} from "@nsj/mdb-http-testkit";
import { DatabaseSessions, MdbHealthIndicator, MdbModule } from "@nsj/mdb-nestjs";
import { decorateMethod } from "./decorate.ts";

class Routes {
  readonly #databases: DatabaseManager;
  readonly #sessions: DatabaseSessions;
  readonly #indicator: MdbHealthIndicator;

  constructor(databases: DatabaseManager, sessions: DatabaseSessions, indicator: MdbHealthIndicator) {
    this.#databases = databases;
    this.#sessions = sessions;
    this.#indicator = indicator;
  }

  run(name: string, user: string): Promise<unknown> {
    return runHandler(name, this.#request(user));
  }

  stream(name: string, user: string): StreamableFile {
    return new StreamableFile(Readable.from(streamHandler(name, this.#request(user)), { objectMode: false }));
  }

  async health(): Promise<unknown> {
    const { all } = await this.#indicator.isHealthy("all");
    if (all.status === "down") throw new HttpException(all, 503);
    return all;
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
Controller()(Routes);
for (const [index, token] of [DatabaseManager, DatabaseSessions, MdbHealthIndicator].entries()) {
  Inject(token)(Routes, undefined, index);
}
decorateMethod(Routes.prototype, "run", [Get("run/:name/:user")], [Param("name"), Param("user")]);
decorateMethod(Routes.prototype, "stream", [Get("stream/:name/:user")], [Param("name"), Param("user")]);
decorateMethod(Routes.prototype, "health", [Get("health")]);

/** As Nest's own logger prints them, and nothing else. */
const errorsOfTheLibrary: LoggerService = {
  log: () => {},
  warn: () => {},
  error: (error: unknown) => {
    if (isMdbError(error)) console.error(error);
  },
};

/** The suite's service on a platform of Nest. */
export async function startService(
  databases: DatabaseManager,
  platform: AbstractHttpAdapter,
  {
    timeoutMs = 10_000,
    handlesSignals = false,
    ...options
  }: ServiceOptions & { readonly handlesSignals?: boolean } = {},
): Promise<Service> {
  class Application {}
  const mdb = MdbModule.forRoot({
    databases,
    closeTimeoutMs: timeoutMs,
    statusCodes: { MDB_NO_ROWS: 410 },
    ...options,
  });
  Module({ imports: [mdb], controllers: [Routes] })(Application);
  const app = await NestFactory.create(Application, platform, { logger: errorsOfTheLibrary });
  if (handlesSignals) app.enableShutdownHooks(["SIGTERM"], { useProcessExit: true });
  await app.listen(0, "127.0.0.1");
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, handlesSignals, close: () => app.close() };
}
