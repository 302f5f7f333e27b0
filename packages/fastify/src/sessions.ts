import type { DatabaseManager } from "@nsj/mdb-core";
import { type NodeSessions, nodeSessions } from "@nsj/mdb-http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { MdbFastifyOptions } from "./options.ts";

/** Gives every request its sessions. */
export function addSessions(
  app: FastifyInstance,
  databases: DatabaseManager,
  options: MdbFastifyOptions["session"],
): void {
  const requests = new WeakMap<FastifyRequest, NodeSessions>();
  const of = (request: FastifyRequest): NodeSessions => {
    const own = requests.get(request);
    if (own === undefined) throw new Error("the sessions of a request begin with the plugin's onRequest hook");
    return own;
  };
  app.decorateRequest("databaseSession", function (label) {
    return of(this).sessions.session(label);
  });
  app.decorateRequest("clientGone", {
    getter() {
      return of(this).clientGone;
    },
  });
  app.addHook("onRequest", async (request, reply) => {
    requests.set(request, nodeSessions(databases, request.raw, reply.raw, options));
  });
  // Before the answer is on its way, so that the client finds done or undone what it was told. What streams keeps its sessions to its end.
  app.addHook("onSend", async (request, _reply, payload) => {
    if (isWhole(payload)) await requests.get(request)?.sessions.close();
    return payload;
  });
}

/** Whether an answer is there already and not still made while it is sent. */
function isWhole(payload: unknown): boolean {
  return typeof payload !== "object" || payload === null || ArrayBuffer.isView(payload);
}
