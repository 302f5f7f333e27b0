import type { RegisteredLabel, RegisteredManager, Session } from "@nsj/mdb-core";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { answerErrors } from "./errors.ts";
import { addHealthRoute } from "./health.ts";
import { checkPluginOptions, type MdbFastifyOptions } from "./options.ts";
import { addSessions } from "./sessions.ts";
import { closeWithApp } from "./shutdown.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** The application's databases. */
    readonly databases: RegisteredManager;
  }
  interface FastifyRequest {
    /**
     * This request's session of a label: made at the first call, the same one afterwards, rolled back at the end unless committed. A
     * client that goes away stops its statements on the server.
     */
    databaseSession(label: RegisteredLabel): Promise<Session>;
    /** Aborts when the client goes away before it has its answer; for statements of your own, outside of the session. */
    readonly clientGone: AbortSignal;
  }
}

async function register(app: FastifyInstance, options: MdbFastifyOptions): Promise<void> {
  checkPluginOptions(options);
  const { databases, closeOnShutdown = true, healthRoute = "/health", statusCodes = {} } = options;
  app.decorate("databases", databases as RegisteredManager);
  addSessions(app, databases, options.session);
  if (statusCodes !== false) answerErrors(app, statusCodes, options.onError);
  if (healthRoute !== false) addHealthRoute(app, databases, healthRoute, options.healthTimeoutMs);
  if (closeOnShutdown) closeWithApp(app, databases, options.closeTimeoutMs);
}

/**
 * The plugin: `app.register(mdbFastify, { databases })`. Adds `app.databases`, `request.databaseSession(label)`, a health route, status
 * codes for the library's errors, and closes the databases with the app, after requests that were accepted have been answered.
 */
export const mdbFastify: FastifyPluginAsync<MdbFastifyOptions> = fastifyPlugin(register, {
  name: "@nsj/mdb-fastify",
  fastify: "5.x",
});
