import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { DatabaseManager } from "@nsj/mdb-core";
import { type MdbVariables, mdbErrorResponse, mdbHealth, mdbHono, mdbTenant, shutDown } from "@nsj/mdb-hono";
import {
  type HandlerRequest,
  runHandler,
  type Service,
  streamHandler,
  type TenantServiceOptions,
  tenantFrom,
} from "@nsj/mdb-http-testkit";
import { type Context, Hono } from "hono";

/** The suite's service for tenants. */
export async function startTenantService(
  databases: DatabaseManager,
  { tenants, way, ...options }: TenantServiceOptions,
): Promise<Service> {
  const app = new Hono<{ Variables: MdbVariables }>();
  app.use(mdbHono(databases));
  app.get("/health", mdbHealth(databases));
  const from = tenantFrom<Context>(way, (c, name) => c.req.header(name));
  app.use("/t/:tenant/*", mdbTenant({ tenants, from }));
  app.get("/t/:tenant/run/:name/:user", async (c) =>
    c.json((await runHandler(c.req.param("name"), handlerRequest(c))) ?? null),
  );
  app.get("/t/:tenant/stream/:name/:user", (c) => {
    const body = pulled(streamHandler(c.req.param("name"), handlerRequest(c)));
    // Hono's own answer, and one that is nobody's.
    return Number(c.req.param("user")) % 2 === 1 ? c.body(body) : new Response(body);
  });
  app.post("/t/:tenant/post/:name/:user", async (c) => {
    const body = await c.req.json<unknown>();
    return c.json((await runHandler(c.req.param("name"), { ...handlerRequest(c), body })) ?? null);
  });
  app.onError((error, c) => {
    return mdbErrorResponse(error, c, {}, options) ?? c.text("Internal Server Error", 500);
  });

  const listening = Promise.withResolvers<AddressInfo>();
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, listening.resolve) as Server;
  const { port } = await listening.promise;
  return { url: `http://127.0.0.1:${port}`, close: () => shutDown(server, databases) };
}

/** Reads nothing before it is asked for: by the server, when the handler has returned. */
function pulled(lines: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => void (await iterator.return?.()),
    },
    { highWaterMark: 0 },
  );
}

function handlerRequest(context: Context<{ Variables: MdbVariables }>): HandlerRequest {
  return {
    databases: context.var.databases,
    session: context.var.databaseSession,
    clientGone: context.req.raw.signal,
    user: Number(context.req.param("user")),
  };
}
