import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import type { DatabaseManager } from "@nsj/mdb-core";
import { mdbErrors, mdbExpress, mdbHealth, shutDown } from "@nsj/mdb-express";
import {
  type HandlerRequest,
  runHandler,
  type Service,
  type ServiceOptions,
  streamHandler,
} from "@nsj/mdb-http-testkit";
import express, { type Request } from "express";

/** The suite's service. */
export async function startService(
  databases: DatabaseManager,
  { timeoutMs = 10_000, ...options }: ServiceOptions = {},
): Promise<Service> {
  const app = express();
  app.set("env", "test");
  app.use(mdbExpress(databases));
  app.get("/health", mdbHealth(databases));
  app.get("/run/:name/:user", async (request, response) => {
    response.json(await runHandler(request.params.name, handlerRequest(request)));
  });
  app.get("/stream/:name/:user", (request, response) => {
    pipeline(Readable.from(streamHandler(request.params.name, handlerRequest(request))), response, () => {});
  });
  app.use(mdbErrors({ MDB_NO_ROWS: 410 }, options));

  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => shutDown(server, databases, { timeoutMs }) };
}

function handlerRequest(request: Request<{ user: string }>): HandlerRequest {
  return {
    databases: request.databases,
    session: (label) => request.databaseSession(label),
    clientGone: request.clientGone,
    user: Number(request.params.user),
  };
}
