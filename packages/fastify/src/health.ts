import type { DatabaseManager } from "@nsj/mdb-core";
import { healthReport } from "@nsj/mdb-http";
import type { FastifyInstance } from "fastify";

/** A route that answers 503 when a database is down, else 200. */
export function addHealthRoute(
  app: FastifyInstance,
  databases: DatabaseManager,
  path: string,
  timeoutMs: number | undefined,
): void {
  app.get(path, async (_request, reply) => {
    const report = await healthReport(databases, timeoutMs);
    return reply.code(report.status === "up" ? 200 : 503).send(report);
  });
}
