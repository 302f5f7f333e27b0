import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { DatabaseManager } from "@nsj/mdb-core";
import { type MdbVariables, mdbErrorResponse, mdbHealth, mdbHono, shutDown } from "@nsj/mdb-hono";
import {
  type HandlerRequest,
  runHandler,
  type Service,
  type ServiceOptions,
  streamHandler,
} from "@nsj/mdb-http-testkit";
import { type Context, Hono } from "hono";

/** The suite's service. */
export async function startService(
  databases: DatabaseManager,
  { timeoutMs = 10_000, ...options }: ServiceOptions = {},
): Promise<Service> {
  const app = new Hono<{ Variables: MdbVariables }>();
  app.use(mdbHono(databases));
  app.get("/health", mdbHealth(databases));
  app.get("/run/:name/:user", async (c) => c.json((await runHandler(c.req.param("name"), handlerRequest(c))) ?? null));
  app.get("/stream/:name/:user", (c) => {
    const lines = ReadableStream.from(streamHandler(c.req.param("name"), handlerRequest(c)));
    return c.body(lines.pipeThrough(new TextEncoderStream()));
  });
  app.onError((error, c) => {
    return mdbErrorResponse(error, c, { MDB_NO_ROWS: 410 }, options) ?? c.text("Internal Server Error", 500);
  });

  const listening = Promise.withResolvers<AddressInfo>();
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, listening.resolve) as Server;
  const { port } = await listening.promise;
  return { url: `http://127.0.0.1:${port}`, close: () => shutDown(server, databases, { timeoutMs }) };
}

function handlerRequest(context: Context<{ Variables: MdbVariables }>): HandlerRequest {
  return {
    databases: context.var.databases,
    session: context.var.databaseSession,
    clientGone: context.req.raw.signal,
    user: Number(context.req.param("user")),
  };
}
