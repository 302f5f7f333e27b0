import type { DatabaseManager, LabelOf, RegisteredManager, Session, SessionOptions } from "@nsj/mdb-core";
import { checkManager, RequestSessions, withinTenantsOf } from "@nsj/mdb-http";
import type { MiddlewareHandler } from "hono";

/** The variables that the middleware sets: `new Hono<{ Variables: MdbVariables<typeof databases> }>()`. */
export interface MdbVariables<Databases extends DatabaseManager = RegisteredManager> {
  /** The application's databases. */
  readonly databases: Databases;
  /**
   * This request's session of a label: made at the first call, the same one afterwards, rolled back when the handler returns unless
   * committed. A client that goes away stops its statements on the server.
   */
  readonly databaseSession: (label: LabelOf<Databases>) => Promise<Session>;
}

/**
 * Middleware: `app.use(mdbHono(databases))`; then `c.var.databaseSession("orders")`. Sessions end with the handler: what an answer still
 * reads while it is sent needs a session, or a stream, of its own.
 *
 * @param options - of every request's sessions
 * @throws ConfigurationError for what is no manager
 */
export function mdbHono<Databases extends DatabaseManager>(
  databases: Databases,
  options: Omit<SessionOptions, "signal"> = {},
): MiddlewareHandler<{ Variables: MdbVariables<Databases> }> {
  checkManager("mdbHono", databases);
  return async (context, next) => {
    // Read late, because asking for the signal costs the Node.js server its light request.
    const withSignal: SessionOptions = {
      ...options,
      get signal() {
        return context.req.raw.signal;
      },
    };
    const sessions = new RequestSessions(databases, withSignal, (work) => withinTenantsOf(context, work));
    context.set("databases", databases);
    context.set("databaseSession", (label) => sessions.session(label));
    try {
      await next();
    } finally {
      await sessions.close();
    }
  };
}
