import type { IncomingMessage, ServerResponse } from "node:http";
import type { DatabaseManager, SessionOptions } from "@nsj/mdb-core";
import { RequestSessions } from "./request-sessions.ts";
import { withinTenantsOf } from "./tenants-of-request.ts";

/** What {@link nodeSessions} gives. */
export interface NodeSessions<Databases extends DatabaseManager = DatabaseManager> {
  readonly sessions: RequestSessions<Databases>;
  /** Aborts when the client goes away before it has its answer; for statements of your own, outside of the sessions. */
  readonly clientGone: AbortSignal;
}

/**
 * The sessions of a request to a server of `node:http`: they end with the response, whether it was sent to its end or cut. For every
 * framework that stands on such a server.
 *
 * @param options - of every session
 */
export function nodeSessions<Databases extends DatabaseManager>(
  manager: Databases,
  request: IncomingMessage,
  response: ServerResponse,
  options: Omit<SessionOptions, "signal"> = {},
): NodeSessions<Databases> {
  const client = new AbortController();
  const sessions = new RequestSessions(manager, { ...options, signal: client.signal }, (work) =>
    withinTenantsOf(request, work),
  );
  const onClose = (): void => {
    // First the signal, so that a statement that runs fails with the reason why.
    if (!response.writableFinished) {
      client.abort(new Error("the client closed the connection before the answer was sent"));
    }
    void sessions.close();
  };
  // A client may be gone before the framework comes to this point; its "close" is over then.
  if (request.socket.destroyed || response.destroyed) onClose();
  else response.once("close", onClose);
  return { sessions, clientGone: client.signal };
}

/**
 * Ends the sessions when the application ends its answer, so that nothing can be committed behind the client's back. `end` itself is not
 * delayed: what was not committed may still be on its way back when the client has its answer.
 */
export function endWithAnswer({ sessions }: NodeSessions, response: ServerResponse): void {
  const { end } = response;
  response.end = function (this: ServerResponse, ...parameters: unknown[]): ServerResponse {
    void sessions.close();
    return Reflect.apply(end, this, parameters);
  };
}
