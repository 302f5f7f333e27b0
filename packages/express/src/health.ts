import type { DatabaseManager } from "@nsj/mdb-core";
import { checkManager, healthReport } from "@nsj/mdb-http";
import { answer } from "./answer.ts";
import type { Middleware } from "./middleware.ts";

/** A handler for the health route: 503 when a database is down, else 200. `timeoutMs` is 800 by default. */
export function mdbHealth(databases: DatabaseManager, options: { readonly timeoutMs?: number } = {}): Middleware {
  checkManager("mdbHealth", databases);
  return (_request, response, next) => {
    healthReport(databases, options.timeoutMs).then(
      (report) => answer(response, report.status === "up" ? 200 : 503, report),
      next,
    );
  };
}
