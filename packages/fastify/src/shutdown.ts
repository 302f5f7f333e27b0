import type { DatabaseManager } from "@nsj/mdb-core";
import { closeIdleConnections, closeWithin, type Shutdown } from "@nsj/mdb-http";
import type { FastifyInstance } from "fastify";

/** Closes the databases when the app is closed: after the requests that were accepted, but no later than the deadline. */
export function closeWithApp(app: FastifyInstance, databases: DatabaseManager, timeoutMs = 10_000): void {
  let shutdown: Shutdown | undefined;
  app.addHook("preClose", async () => {
    shutdown = closeWithin(databases, timeoutMs);
    closeIdleConnections(app.server);
  });
  app.addHook("onClose", async () => {
    shutdown ??= closeWithin(databases, timeoutMs);
    await shutdown.finish();
  });
}
