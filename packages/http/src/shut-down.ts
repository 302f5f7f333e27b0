import type { Server } from "node:http";
import type { DatabaseManager } from "@nsj/mdb-core";
import { checkManager } from "./check-manager.ts";

/** Options of {@link shutDown}. */
export interface ShutDownOptions {
  /** How long everything may take together, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number;
}

const running = new WeakMap<Server, Promise<void>>();

/**
 * Stops a server in order: takes no new connections, answers what was accepted, then closes the databases. At the deadline it cuts what
 * is left: statements are stopped on the server and rolled back. For a SIGTERM handler; a second call waits for the first.
 */
export function shutDown(server: Server, databases: DatabaseManager, options: ShutDownOptions = {}): Promise<void> {
  checkManager("shutDown", databases);
  let done = running.get(server);
  if (done === undefined) {
    done = stop(server, databases, options.timeoutMs ?? 10_000);
    running.set(server, done);
  }
  return done;
}

async function stop(server: Server, databases: DatabaseManager, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  closeIdleConnections(server);
  const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await closed;
  clearTimeout(cut);
  await databases.close({ timeoutMs: Math.max(0, deadline - performance.now()) });
}

/**
 * Closes each kept-alive connection of a closing server as soon as its request is answered, until the server is closed. Node.js closes
 * only those that are idle at the moment of `close()`, and then waits for the client, or `keepAliveTimeout`, with the others.
 */
export function closeIdleConnections(server: Server): void {
  const timer = setInterval(() => server.closeIdleConnections(), 50);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}
