import type { DatabaseManager } from "@nsj/mdb-core";
import { checkManager, healthReport } from "@nsj/mdb-http";
import type { Handler } from "hono";

/** A handler for the health route: 503 when a database is down, else 200. `timeoutMs` is 800 by default. */
export function mdbHealth(databases: DatabaseManager, options: { readonly timeoutMs?: number } = {}): Handler {
  checkManager("mdbHealth", databases);
  return async (context) => {
    const report = await healthReport(databases, options.timeoutMs);
    return context.json(report, report.status === "up" ? 200 : 503);
  };
}
