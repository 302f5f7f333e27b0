import type { ConnectionOptions } from "node:tls";
import { ConfigurationError, checkOptions, type OptionRules } from "@nsj/mdb-core";
import { foreignOptions } from "./foreign-options.ts";

/** MySQL's `--ssl-mode`, in lower case. */
export const sslModes = ["disabled", "preferred", "required", "verify_ca", "verify_identity"] as const;
/** See {@link MysqlOptions.sslMode}. */
export type SslMode = (typeof sslModes)[number];

/** What an engine that speaks the protocol may lack. */
export const lackables = [
  "savepoints",
  "readOnlyTransactions",
  "procedures",
  "cancel",
  "branches",
  "returning",
  "read uncommitted",
  "read committed",
  "repeatable read",
  "serializable",
] as const;
/** See {@link MysqlOptions.lacks}. */
export type Lackable = (typeof lackables)[number];

/** How to reach a server of MySQL or MariaDB, in the words of `mysql2`. */
export interface MysqlOptions {
  /** `mysql://user:password@host:3306/database?sslMode=required`. Options given beside it take precedence over what it says. */
  readonly connectionString?: string;
  /** A name or an address. Default `"localhost"`. */
  readonly host?: string;
  /** Default 3306. */
  readonly port?: number;
  /** The path of a unix socket, in place of host and port. */
  readonly socketPath?: string;
  /** Default: `"root"` is not assumed; the server's anonymous user, who may not be there. */
  readonly user?: string;
  /** A function is called anew at each physical connect, for rotating secrets and cloud tokens. */
  readonly password?: string | (() => string | Promise<string>);
  /** The current database of each connection. Absent: none, and every name of a table says its database. */
  readonly database?: string;
  /**
   * `true` encrypts and checks the server's certificate and name; an object does the same with these options of `node:tls` (`ca`, `cert`, `key`,
   * `rejectUnauthorized`, ...); `false` does not encrypt. An alternative to `sslMode`.
   */
  readonly ssl?: boolean | ConnectionOptions;
  /**
   * MySQL's meaning: `preferred` encrypts where the server can and checks nothing, `required` insists on it, `verify_ca` checks the certificate's chain, and
   * `verify_identity` the host's name too. Default `"preferred"`, which protects against nobody who is on the way: say `"verify_identity"` where the network
   * is not yours. A unix socket is not encrypted.
   */
  readonly sslMode?: SslMode;
  /** Attributes of the session, shown in `performance_schema.session_connect_attrs`: `{ program_name: "billing" }`. */
  readonly connectAttributes?: Readonly<Record<string, string>>;
  /** TCP keep-alive. Default true. */
  readonly keepAlive?: boolean;
  /** Prepared statements that each connection keeps, the least recently used one closed first. Default 100; 0 keeps none. */
  readonly preparedStatements?: number;
  /**
   * `TINYINT(1)` columns, which `BOOLEAN` is another word for, are booleans; one that holds another number than 0 and 1 is an error. `false`: they are
   * integers. Default true.
   */
  readonly tinyint1IsBoolean?: boolean;
  /**
   * MariaDB only: turns on `innodb_snapshot_isolation` where the server has it, so that a transaction which would overwrite what it has not seen fails
   * as `SERIALIZATION` and can be run again. `false`: turned off, InnoDB's repeatable read loses such updates, and the level is not offered. Default true.
   */
  readonly snapshotIsolation?: boolean;
  /**
   * What a distributed engine that speaks the protocol does not have (TiDB, Vitess): it is refused by core, and not asked for. `"branches"`: a server of
   * MariaDB that is to take part in transactions over several databases only as the one that decides (Galera). `"returning"`: a server of MariaDB before 10.5, which has no `INSERT ... RETURNING`: DAOs read what they have written. Default: nothing.
   */
  readonly lacks?: readonly Lackable[];
}

const rules: OptionRules<MysqlOptions> = {
  connectionString: { type: "string", secret: true, address: true },
  host: { type: "string", address: true },
  port: { type: "count" },
  socketPath: { type: "string", address: true },
  user: { type: "string", address: true },
  password: { type: ["string", "function"], secret: true },
  database: { type: "string", address: true },
  ssl: { type: ["boolean", "object"], secret: true },
  sslMode: { type: "string", oneOf: sslModes },
  connectAttributes: { type: "object" },
  keepAlive: { type: "boolean" },
  preparedStatements: { type: "count" },
  tinyint1IsBoolean: { type: "boolean" },
  snapshotIsolation: { type: "boolean" },
  lacks: { type: "string[]" },
};

/** Every key of {@link MysqlOptions}. */
export const optionKeys = Object.freeze(Object.keys(rules)) as readonly (keyof MysqlOptions)[];

/** Checks keys, types and what the server could only misread. @throws ConfigurationError */
export function checkMysqlOptions(what: string, options: unknown): asserts options is MysqlOptions {
  checkOptions<MysqlOptions>(what, options, rules, "", foreignOptions);
  const { port, host, socketPath, lacks = [], connectAttributes = {}, ssl, sslMode } = options;
  if (port !== undefined && (port < 1 || port > 65_535)) throw wrong(what, "port", "must be a number from 1 to 65535");
  // The system would take either for something else than what was meant.
  if (host === "") throw wrong(what, "host", "names no host");
  if (socketPath === "") throw wrong(what, "socketPath", "names no file");
  if (socketPath !== undefined && (host !== undefined || port !== undefined)) {
    throw wrong(what, "socketPath", 'takes the place of "host" and "port"; give one of them');
  }
  for (const one of lacks) {
    if (!(lackables as readonly string[]).includes(one)) throw wrong(what, "lacks", `may hold ${lackables.join(", ")}`);
  }
  if (Object.values(connectAttributes).some((value) => typeof value !== "string")) {
    throw wrong(what, "connectAttributes", "must hold texts");
  }
  if (typeof ssl === "boolean" && sslMode !== undefined) {
    throw wrong(what, "ssl", 'says the same thing as "sslMode"; give one of them');
  }
  if (typeof ssl === "object" && (sslMode === "disabled" || sslMode === "preferred")) {
    throw wrong(what, "ssl", `has TLS options, but "sslMode" is "${sslMode}"`);
  }
  for (const key of optionKeys) {
    const value = options[key];
    // The login ends user and database with a zero byte: one inside a name would begin the next field.
    if (typeof value === "string" && value.includes("\0")) throw wrong(what, key, "contains a zero byte");
  }
}

function wrong(what: string, key: string, problem: string): ConfigurationError {
  return new ConfigurationError(`${what}: option "${key}" ${problem}`, { key });
}
