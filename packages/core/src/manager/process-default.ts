import { ConfigurationError, NotConfiguredError } from "../errors/index.ts";
import type { DatabaseManager } from "./database-manager.ts";

/** On `globalThis`, so that the ESM and the CommonJS copy of this package share one default. */
const key: unique symbol = Symbol.for("@nsj/mdb/default-manager") as never;
const place = globalThis as { [key]?: DatabaseManager | undefined };

/** The process-wide default. @throws NotConfiguredError before it is set */
export function defaultManager(): DatabaseManager {
  const manager = place[key];
  if (manager === undefined) {
    throw new NotConfiguredError(
      "no databases are configured yet; call ConnectionPool.configure({ label: ... }) first",
    );
  }
  return manager;
}

/** Sets the default. @throws ConfigurationError when there is one already, made by another call */
export function setDefaultManager(make: () => DatabaseManager): DatabaseManager {
  if (place[key] !== undefined) {
    throw new ConfigurationError("databases are configured already; call ConnectionPool.closeAllConnections() first");
  }
  const manager = make();
  place[key] = manager;
  return manager;
}

/** Takes the default away, to be closed; `undefined` when there is none. */
export function takeDefaultManager(): DatabaseManager | undefined {
  const manager = place[key];
  place[key] = undefined;
  return manager;
}
