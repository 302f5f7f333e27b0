import { Readable } from "node:stream";
import type { DatabaseManager } from "@nsj/mdb-core";
import { mdbFastify, mdbTenant } from "@nsj/mdb-fastify";
import {
  type HandlerRequest,
  runHandler,
  type Service,
  streamHandler,
  type TenantServiceOptions,
  tenantFrom,
} from "@nsj/mdb-http-testkit";
import fastify, { type FastifyRequest } from "fastify";

interface Route {
  readonly Params: { readonly name: string; readonly user: string };
}

/** The suite's service for tenants. */
export async function startTenantService(
  databases: DatabaseManager,
  { tenants, way, ...options }: TenantServiceOptions,
  hook?: "onRequest" | "preParsing" | "preHandler",
): Promise<Service> {
  const app = fastify({ trustProxy: way === "host behind a proxy" });
  await app.register(mdbFastify, { databases, ...options });
  await app.register(
    async (tenant) => {
      const from = tenantFrom<FastifyRequest>(way, (request, name) => request.headers[name]);
      await tenant.register(mdbTenant({ tenants, from, ...(hook !== undefined && { hook }) }));
      tenant.get<Route>("/run/:name/:user", (request) => runHandler(request.params.name, handlerRequest(request)));
      tenant.get<Route>("/stream/:name/:user", (request, reply) =>
        reply.send(Readable.from(streamHandler(request.params.name, handlerRequest(request)))),
      );
      tenant.post<Route>("/post/:name/:user", (request) =>
        runHandler(request.params.name, { ...handlerRequest(request), body: request.body }),
      );
    },
    { prefix: "/t/:tenant" },
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
