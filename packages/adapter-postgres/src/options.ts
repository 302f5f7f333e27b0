import type { ConnectionOptions } from "node:tls";
import { ConfigurationError, checkOptions, type OptionRules } from "@nsj/mdb-core";

/** libpq's `sslmode`. */
export const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
/** See {@link PostgresOptions.sslmode}. */
export type SslMode = (typeof sslModes)[number];

/** libpq's `target_session_attrs`. */
export const targetSessionAttrs = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"] as const;
/** See {@link PostgresOptions.targetSessionAttrs}. */
export type TargetSessionAttrs = (typeof targetSessionAttrs)[number];

/**
 * How to reach a PostgreSQL server. Names are those of `pg` and libpq. What is neither here nor in the connection string comes from
 * the environment (`PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE`), then from PostgreSQL's own defaults.
 */
export interface PostgresOptions {
  /**
   * A URL (`postgresql://user:password@host:5432/database?sslmode=require`, several hosts separated by commas) or libpq's
   * `key=value` form. Options given beside it take precedence over what it says.
   */
  readonly connectionString?: string;
  /** A name, an address (of IPv6 with or without brackets), or the directory of a unix socket; several are tried in order. Default `"localhost"`. */
  readonly host?: string | readonly string[];
  /** One for all hosts, or one for each. Default 5432. */
  readonly port?: number | readonly number[];
  /** Default: the name of the operating system's user. */
  readonly user?: string;
  /** A function is called anew at each physical connect, for rotating secrets and cloud tokens. */
  readonly password?: string | (() => string | Promise<string>);
  /** Default: the user's name. */
  readonly database?: string;
  /**
   * `true` encrypts and checks the server's certificate; an object does the same with these options of `node:tls` (`ca`, `cert`,
   * `key`, `rejectUnauthorized`, ...); `false` does not encrypt. An alternative to `sslmode`.
   */
  readonly ssl?: boolean | ConnectionOptions;
  /**
   * libpq's meaning, exactly: `prefer` goes on in plain text when the server has no TLS, and `require` encrypts without checking
   * anything unless `sslrootcert` is given. Default `"prefer"`, which protects against nobody who is on the way: say `"verify-full"`
   * where the network is not yours. Where `sslrootcert` is given, the default is `"verify-full"`, and `"prefer"` and weaker modes are refused.
   */
  readonly sslmode?: SslMode;
  /**
   * File with the certificates to trust; `"system"` for those that Node.js brings, with `verify-full` only. They are the default of `verify-ca` and
   * `verify-full`.
   */
  readonly sslrootcert?: string;
  /** File with the client's certificate. */
  readonly sslcert?: string;
  /** File with the client's key. */
  readonly sslkey?: string;
  /** Passphrase of the client's key. */
  readonly sslpassword?: string;
  /** File with certificates that were revoked. */
  readonly sslcrl?: string;
  /** `"direct"` starts TLS without asking first and saves a round trip (PostgreSQL 17 and newer). Default `"postgres"`. */
  readonly sslnegotiation?: "postgres" | "direct";
  /** Ties the SCRAM login to the TLS connection. Default `"disable"`, as in `pg`. */
  readonly channelBinding?: "disable" | "prefer" | "require";
  /** Which of several servers will do. Default `"any"`. */
  readonly targetSessionAttrs?: TargetSessionAttrs;
  /** `"random"` tries several hosts in random order. Default `"disable"`. */
  readonly loadBalanceHosts?: "disable" | "random";
  /** How long one host may take to let us in, in milliseconds; 0 for its share of the whole connect's time. Default 0. */
  readonly connectionTimeoutMillis?: number;
  /** Shown in `pg_stat_activity` and the server's log. */
  readonly applicationName?: string;
  /** Command-line options for the backend: `"-c work_mem=64MB"`. */
  readonly options?: string;
  /**
   * The search path of each connection: one schema or several, separated by commas. Each is taken as written; put it in double
   * quotes when its name has a comma. `null` or absent: the server's own.
   */
  readonly schema?: string | null;
  /** The server ends a statement after this many milliseconds. 0 or absent: the server's own setting. */
  readonly statement_timeout?: number;
  /** The server gives up waiting for a lock after this many milliseconds. */
  readonly lock_timeout?: number;
  /** The server ends a session that idles in a transaction for this many milliseconds. */
  readonly idle_in_transaction_session_timeout?: number;
  /** TCP keep-alive. Default true. */
  readonly keepAlive?: boolean;
  /** Idle milliseconds before the first keep-alive probe. Default: the system's. */
  readonly keepAliveInitialDelayMillis?: number;
  /**
   * Named prepared statements: each connection keeps the `max` (default 100) most recently used, and names a statement at its
   * `threshold`th use (default 2), so that a text used once costs the server no memory. `false` names none and leaves no state on the
   * session, as a pooler in transaction mode needs it; `schema` then travels with each transaction and each single statement, which
   * VACUUM and its like do not bear. Default `true`.
   */
  readonly preparedStatements?: boolean | PreparedStatementsOptions;
}

/** See {@link PostgresOptions.preparedStatements}. */
export interface PreparedStatementsOptions {
  readonly max?: number;
  readonly threshold?: number;
}

const rules: OptionRules<PostgresOptions> = {
  connectionString: { type: "string", secret: true, address: true },
  host: { type: ["string", "string[]"], address: true },
  port: { type: "any" },
  user: { type: "string", address: true },
  password: { type: ["string", "function"], secret: true },
  database: { type: "string", address: true },
  ssl: { type: ["boolean", "object"], secret: true },
  sslmode: { type: "string", oneOf: sslModes },
  sslrootcert: { type: "string" },
  sslcert: { type: "string" },
  sslkey: { type: "string" },
  sslpassword: { type: "string", secret: true },
  sslcrl: { type: "string" },
  sslnegotiation: { type: "string", oneOf: ["postgres", "direct"] },
  channelBinding: { type: "string", oneOf: ["disable", "prefer", "require"] },
  targetSessionAttrs: { type: "string", oneOf: targetSessionAttrs },
  loadBalanceHosts: { type: "string", oneOf: ["disable", "random"] },
  connectionTimeoutMillis: { type: "milliseconds" },
  applicationName: { type: "string" },
  options: { type: "string" },
  schema: { type: ["string", "null"] },
  statement_timeout: { type: "count" },
  lock_timeout: { type: "count" },
  idle_in_transaction_session_timeout: { type: "count" },
  keepAlive: { type: "boolean" },
  keepAliveInitialDelayMillis: { type: "count" },
  preparedStatements: { type: ["boolean", "object"] },
};

const preparedRules: OptionRules<PreparedStatementsOptions> = {
  max: { type: "count" },
  threshold: { type: "count" },
};

/** Every key of {@link PostgresOptions}. */
export const optionKeys = Object.freeze(Object.keys(rules)) as readonly (keyof PostgresOptions)[];

/** Checks keys, types and what the server could only misread. @throws ConfigurationError */
export function checkPostgresOptions(options: unknown): asserts options is PostgresOptions {
  checkOptions<PostgresOptions>("postgres", options, rules);
  const { preparedStatements, port } = options;
  if (typeof preparedStatements === "object") {
    checkOptions<PreparedStatementsOptions>("postgres", preparedStatements, preparedRules, "preparedStatements.");
  }
  for (const one of typeof port === "object" ? port : [port ?? 5432]) {
    if (Number.isInteger(one) && one >= 1 && one <= 65_535) continue;
    throw new ConfigurationError('postgres: option "port" must be a number from 1 to 65535, or an array of them', {
      key: "port",
    });
  }
  for (const key of optionKeys) {
    const value = options[key];
    // The startup message ends each of its strings with a zero byte: one inside a name would start the next setting.
    if (typeof value === "string" && value.includes("\0")) {
      throw new ConfigurationError(`postgres: option "${key}" contains a zero byte`, { key });
    }
  }
}
