import { ConfigurationError, readServerUrl } from "@nsj/mdb-core";
import { type MysqlOptions, sslModes } from "./options.ts";

type Draft = { -readonly [Key in keyof MysqlOptions]: MysqlOptions[Key] };

/**
 * Options for a URL: `mysql://user:password@host:3306/database?sslMode=required`; the scheme may be `mariadb` too, and what stands behind a `+` in it is ignored.
 * Parameters: `sslMode` (also `ssl-mode`), `socketPath` (also `socket` and `unix_socket`), `charset` (what the connection speaks anyway), `preparedStatements`, `tinyint1IsBoolean`, `snapshotIsolation`.
 *
 * @throws ConfigurationError when it cannot be read; the message never shows the URL
 */
export function parseUrl(text: string): MysqlOptions {
  const parts = /^(?:mysql2?|mariadb)(?:\+[a-z0-9_.-]+)?:\/\/(.*)$/is.exec(text.trim());
  if (parts === null) throw wrong("is not a URL of MySQL or MariaDB (mysql://user:password@host:3306/database)");
  const url = readServerUrl("mysql", `mysql://${parts[1]}`, "mysql://user:password@host:3306/database");
  const draft: Draft = {};
  const host = decode(url.hostname.replace(/^\[(.*)\]$/, "$1"));
  if (host !== "") draft.host = host;
  if (url.port !== "") draft.port = Number(url.port);
  if (url.username !== "") draft.user = decode(url.username);
  if (url.password !== "") draft.password = decode(url.password);
  const [database = "", ...more] = url.pathname.replace(/^\//, "").split("/");
  if (more.length > 0) throw wrong("has more than the name of a database in its path");
  if (database !== "") draft.database = decode(database);
  for (const [key, value] of url.searchParams) readParameter(draft, key, value);
  return draft;
}

function readParameter(draft: Draft, key: string, value: string): void {
  switch (key.replaceAll(/[-_]/g, "").toLowerCase()) {
    case "sslmode": {
      const mode = sslModes.find((it) => it === value.toLowerCase());
      if (mode === undefined) throw wrong(`has another sslMode than ${sslModes.join(", ")}`);
      draft.sslMode = mode;
      return;
    }
    case "socket":
    case "unixsocket":
    case "socketpath":
      draft.socketPath = value;
      delete draft.host;
      delete draft.port;
      return;
    case "charset":
      // Of what it is given, utf8 is the part that utf8mb4 has too.
      if (!/^utf8(?:mb[34])?$/i.test(value))
        throw wrong("has another charset than utf8mb4, which the connection speaks");
      return;
    case "preparedstatements":
      if (!/^\d{1,6}$/.test(value)) throw wrong("has a parameter preparedStatements that is no number");
      draft.preparedStatements = Number(value);
      return;
    case "tinyint1isboolean":
      draft.tinyint1IsBoolean = isTrue(key, value);
      return;
    case "snapshotisolation":
      draft.snapshotIsolation = isTrue(key, value);
      return;
    default:
      throw wrong(`has the parameter "${key.slice(0, 40)}", which is not known; give options as an object instead`);
  }
}

function isTrue(key: string, value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw wrong(`has a parameter ${key} that is neither true nor false`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong("has a part that is not percent-encoded UTF-8");
  }
}

function wrong(problem: string): ConfigurationError {
  return new ConfigurationError(`mysql: the URL ${problem}`, { key: "connectionString" });
}
