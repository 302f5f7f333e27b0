import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import { DatabaseManager } from "@nsj/mdb-core";
import { type MdbRequest, mdbErrors, mdbExpress, mdbHealth, shutDown } from "@nsj/mdb-express";
import {
  type HandlerRequest,
  httpSuite,
  runHandler,
  type Service,
  type ServiceOptions,
  streamHandler,
} from "@nsj/mdb-http-testkit";
import connect from "connect";
import { expect, it } from "vitest";

httpSuite("Connect", startService);

/** The suite's service on what has `(req, res, next)` and nothing else of Express. */
async function startService(databases: DatabaseManager, options: ServiceOptions = {}): Promise<Service> {
  const app = connect();
  app.use(mdbExpress(databases));
  app.use("/health", mdbHealth(databases));
  app.use("/run", (request, response, next) => {
    const { name, handlerRequest } = route(request);
    runHandler(name, handlerRequest).then((body) => response.end(JSON.stringify(body ?? null)), next);
  });
  app.use("/stream", (request, response) => {
    const { name, handlerRequest } = route(request);
    pipeline(Readable.from(streamHandler(name, handlerRequest)), response, () => {});
  });
  app.use(mdbErrors({ MDB_NO_ROWS: 410 }, options));
  app.use(((_error, _request, response, _next) => {
    response.statusCode = 500;
    response.end("{}");
  }) satisfies connect.ErrorHandleFunction);

  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => shutDown(server, databases) };
}

/** Connect has put `databases` and the rest on the request; its types do not know. */
function route(request: IncomingMessage): { readonly name: string; readonly handlerRequest: HandlerRequest } {
  const [, name = "", user] = (request.url ?? "").split("/");
  const own = request as IncomingMessage & MdbRequest;
  const session = (label: string) => own.databaseSession(label);
  return {
    name,
    handlerRequest: { databases: own.databases, session, clientGone: own.clientGone, user: Number(user) },
  };
}

it.each<[string, (databases: never) => unknown]>([
  ["mdbExpress", mdbExpress],
  ["mdbHealth", mdbHealth],
  ["shutDown", async (databases) => shutDown(createServer(), databases)],
])("%s refuses what is no manager where the application is put together", async (name, make) => {
  const manager = new DatabaseManager({});
  for (const [given, found] of [
    [undefined, "undefined"],
    [{ databases: manager }, "something else"],
  ]) {
    await expect(async () => make(given as never)).rejects.toThrow(
      `${name}: "databases" must be a DatabaseManager, new DatabaseManager({ ... }), not ${found}`,
    );
  }
});
