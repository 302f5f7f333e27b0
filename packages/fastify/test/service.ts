import { Readable } from "node:stream";
import type { DatabaseManager } from "@nsj/mdb-core";
import { mdbFastify } from "@nsj/mdb-fastify";
import {
  type HandlerRequest,
  runHandler,
  type Service,
  type ServiceOptions,
  streamHandler,
} from "@nsj/mdb-http-testkit";
import fastify, { type FastifyRequest } from "fastify";

interface Route {
  readonly Params: { readonly name: string; readonly user: string };
}

/** The suite's service. */
export async function startService(
  databases: DatabaseManager,
  { timeoutMs = 10_000, ...options }: ServiceOptions = {},
): Promise<Service> {
  const app = fastify();
  await app.register(mdbFastify, {
    databases,
    closeTimeoutMs: timeoutMs,
    statusCodes: { MDB_NO_ROWS: 410 },
    ...options,
  });
  app.get<Route>("/run/:name/:user", (request) => runHandler(request.params.name, handlerRequest(request)));
  app.get<Route>("/stream/:name/:user", (request, reply) =>
    reply.send(Readable.from(streamHandler(request.params.name, handlerRequest(request)))),
  );
  return { url: await app.listen({ host: "127.0.0.1", port: 0 }), close: () => app.close() };
}

function handlerRequest(request: FastifyRequest<Route>): HandlerRequest {
  return {
    databases: request.server.databases,
    session: (label) => request.databaseSession(label),
    clientGone: request.clientGone,
    user: Number(request.params.user),
  };
}
