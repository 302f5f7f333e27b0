import { basename } from "node:path";
import type { QueryEvent } from "@nsj/mdb-core";
import type { Attributes } from "@opentelemetry/api";

type Target = QueryEvent["target"];

/** `db.system.name` by engine; any other engine's name is its own. */
const systems: Readonly<Record<string, string>> = {
  postgres: "postgresql",
  mssql: "microsoft.sql_server",
  oracle: "oracle.db",
  mysql: "mysql",
  mariadb: "mariadb",
  sqlite: "sqlite",
};

const usualPorts: Readonly<Record<string, number>> = {
  postgres: 5432,
  mssql: 1433,
  oracle: 1521,
  mysql: 3306,
  mariadb: 3306,
};

/** The conventions' name of an engine. */
export function systemOf(engine: string): string {
  return systems[engine] ?? engine;
}

const known = new WeakMap<Target, Attributes>();

/** Where a database is, as the conventions say it: `db.system.name`, `db.namespace`, `server.address`, `server.port` where it is not the usual one. */
export function targetAttributes(engine: string, target: Target): Attributes {
  let attributes = known.get(target);
  if (attributes === undefined) {
    attributes = Object.freeze({ "db.system.name": systemOf(engine), ...placeOf(engine, target) });
    known.set(target, attributes);
  }
  return attributes;
}

function placeOf(engine: string, { address, container, database, schema, uniqueName }: Target): Attributes {
  // A file, or memory: there is no server.
  if (engine === "sqlite") return isInMemory(engine, address) ? {} : { "db.namespace": basename(address) };
  const attributes: Attributes = {};
  const [host, port] = hostAndPort(address);
  if (engine === "oracle") {
    // What was connected to is a service; the database's own name is known from the login.
    if (uniqueName !== undefined) attributes["db.namespace"] = uniqueName;
    if (container !== undefined) attributes["oracle.db.pdb"] = container;
    if (database !== undefined) attributes["oracle.db.service"] = database;
  } else if (engine === "mssql") {
    const [, instance] = host.split("\\");
    const namespace = [instance, database].filter((it) => it !== undefined).join("|");
    if (namespace !== "") attributes["db.namespace"] = namespace;
  } else if (database !== undefined) {
    attributes["db.namespace"] = engine === "postgres" && schema !== undefined ? `${database}|${schema}` : database;
  }
  if (host !== "") attributes["server.address"] = host.split("\\")[0] ?? host;
  if (port !== undefined && port !== usualPorts[engine]) attributes["server.port"] = port;
  return attributes;
}

/** Whether it lives in this process: then asking it is no call to anybody. */
export function isInMemory(engine: string, address: string): boolean {
  return engine === "sqlite" && /^:.*:$/.test(address);
}

/** `db.example.org:5432`, `[::1]:5432`, a socket's path. */
function hostAndPort(address: string): [host: string, port?: number] {
  const [, six, host = address, port] = /^(?:\[([^\]]+)\]|([^:/]*)):(\d+)$/.exec(address) ?? [];
  return port === undefined ? [address] : [six ?? host, Number(port)];
}
