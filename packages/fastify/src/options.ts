import { checkOptions, type DatabaseManager, type SessionOptions } from "@nsj/mdb-core";
import { checkManager, type OnError, type StatusCodes } from "@nsj/mdb-http";
import type { FastifyRequest, RegisterOptions } from "fastify";

/** What the plugin takes. */
export interface MdbFastifyOptions {
  /** The application's databases. */
  readonly databases: DatabaseManager;
  /** Closes the databases when the app closes. Default true. */
  readonly closeOnShutdown?: boolean;
  /**
   * How long `app.close()` lets requests and other work use the databases, in milliseconds. Then running statements are stopped on the
   * server and rolled back. Default 10 000.
   */
  readonly closeTimeoutMs?: number;
  /** Where the health report is; `false` for nowhere. Default `"/health"`: 503 when a database is down, else 200. */
  readonly healthRoute?: string | false;
  /** How long the health report waits for an answer, in milliseconds. Default 800. */
  readonly healthTimeoutMs?: number;
  /** Status codes that differ from the usual ones; `false` leaves errors of the library to the app. */
  readonly statusCodes?: StatusCodes | false;
  /** Takes each error of the library that is answered with 500. By default it is logged, and without a logger printed by `console.error`. */
  readonly onError?: OnError<FastifyRequest>;
  /** Options of every request's sessions. */
  readonly session?: Omit<SessionOptions, "signal">;
}

/** @throws ConfigurationError naming the option that is wrong */
export function checkPluginOptions(options: MdbFastifyOptions & RegisterOptions): void {
  checkOptions<MdbFastifyOptions & RegisterOptions>("mdbFastify", options, {
    databases: { type: "any" },
    closeOnShutdown: { type: "boolean" },
    closeTimeoutMs: { type: "milliseconds" },
    healthRoute: { type: ["string", "boolean"] },
    healthTimeoutMs: { type: "milliseconds" },
    statusCodes: { type: ["object", "boolean"] },
    onError: { type: "function" },
    session: { type: "object" },
    // Fastify's own of every plugin.
    prefix: { type: "string" },
    logLevel: { type: "any" },
    logSerializers: { type: "any" },
  });
  checkManager("mdbFastify", options.databases);
}
