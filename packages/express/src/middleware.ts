import type { IncomingMessage, ServerResponse } from "node:http";
import type { DatabaseManager, LabelOf, RegisteredManager, Session, SessionOptions } from "@nsj/mdb-core";
import { checkManager, endWithAnswer, nodeSessions } from "@nsj/mdb-http";

/** What a request has once it has passed the middleware. */
export interface MdbRequest<Databases extends DatabaseManager = RegisteredManager> {
  /** The application's databases. */
  readonly databases: Databases;
  /**
   * This request's session of a label: made at the first call, the same one afterwards, rolled back at the end unless committed. A client
   * that goes away stops its statements on the server.
   */
  databaseSession(label: LabelOf<Databases>): Promise<Session>;
  /** Aborts when the client goes away before it has its answer; for statements of your own, outside of the session. */
  readonly clientGone: AbortSignal;
}

declare global {
  namespace Express {
    interface Request extends MdbRequest {}
  }
}

/** Middleware as Express, Connect, Polka, Restify and others take it. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Middleware for Express and everything else with `(req, res, next)`: puts `databases`, `databaseSession(label)` and `clientGone` on the
 * request. The sessions end when the answer does.
 *
 * @param options - of every request's sessions
 * @throws ConfigurationError for what is no manager
 */
export function mdbExpress<Databases extends DatabaseManager>(
  databases: Databases,
  options: Omit<SessionOptions, "signal"> = {},
): Middleware {
  checkManager("mdbExpress", databases);
  return (request, response, next) => {
    const own = nodeSessions(databases, request, response, options);
    endWithAnswer(own, response);
    const added: MdbRequest<Databases> = {
      databases,
      databaseSession: (label) => own.sessions.session(label),
      clientGone: own.clientGone,
    };
    Object.assign(request, added);
    next();
  };
}
