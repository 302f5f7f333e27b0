import { ConfigurationError, NotConfiguredError } from "../errors/index.ts";

/** On `globalThis`, so that the ESM and the CommonJS copy of this package share one default. */
const key: unique symbol = Symbol.for("@nsj/mdb/default-manager") as never;
const place = globalThis as { [key]?: object | undefined };

/** The process-wide default. @throws NotConfiguredError before it is set */
export function defaultManager<Manager extends object>(): Manager {
  const manager = place[key];
  if (manager === undefined) {
    throw new NotConfiguredError(
      "no databases are configured yet; call ConnectionPool.configure({ label: ... }) first",
    );
  }
  return manager as Manager;
}

/** Sets the default. @throws ConfigurationError when there is one already, made by another call */
export function setDefaultManager<Manager extends object>(make: () => Manager): Manager {
  if (place[key] !== undefined) {
    throw new ConfigurationError("databases are configured already; call ConnectionPool.closeAllConnections() first");
  }
  const manager = make();
  place[key] = manager;
  return manager;
}

/** Takes the default away, to be closed; `undefined` when there is none. */
export function takeDefaultManager<Manager extends object>(): Manager | undefined {
  const manager = place[key];
  place[key] = undefined;
  return manager as Manager | undefined;
}
