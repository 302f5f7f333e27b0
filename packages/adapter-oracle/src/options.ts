import { ConfigurationError, checkOptions, type OptionRules, passwordSource } from "@nsj/mdb-core";

/**
 * How to reach an Oracle database, in the words of `oracledb`. It runs in thin mode: no Oracle client libraries are needed.
 */
export interface OracleOptions {
  /** `"app"`, or with a proxy user `"proxy[app]"`. */
  readonly user?: string;
  /** A function is called anew at each physical connect, for rotating secrets. */
  readonly password?: string | (() => string | Promise<string>);
  /**
   * Easy Connect Plus (`"tcps://host:1521/service?connect_timeout=10"`), a descriptor (`"(DESCRIPTION=...)"`), or an alias in the
   * `tnsnames.ora` of `configDir`. `:pooled` behind the service asks for a session of the server's own pool (DRCP).
   */
  readonly connectString: string;
  /** The folder of `tnsnames.ora`. Default: the environment's `TNS_ADMIN`. */
  readonly configDir?: string;
  /** The schema that names without one belong to. `null` or absent: the user's own, or what a logon trigger sets. Taken in upper case where it is a simple lower-case name. */
  readonly schema?: string | null;
  /** The folder of `ewallet.pem`, for `tcps`. */
  readonly walletLocation?: string;
  readonly walletPassword?: string;
  /** The content of `ewallet.pem`, in place of `walletLocation`. */
  readonly walletContent?: string;
  /** The user comes from `accessToken`. */
  readonly externalAuth?: boolean;
  /** A cloud token, or a function that fetches one. With `externalAuth`. */
  readonly accessToken?: unknown;
  /** For the functions that oracledb's plugins for cloud tokens register. */
  readonly accessTokenConfig?: object;
  /** One of oracledb's constants: `oracledb.SYSDBA`. */
  readonly privilege?: number;
  readonly edition?: string;
  /** Application context: triples of namespace, name and value. */
  readonly appContext?: unknown;
  /** Statements that each connection keeps open by their text. Default 50. */
  readonly stmtCacheSize?: number;
  /** Rows per round trip of a query that is read whole. Default 100, and growing for long results. */
  readonly fetchArraySize?: number;
  /** Checks that the server's certificate is the server's. Default true. */
  readonly sslServerDNMatch?: boolean;
  readonly sslServerCertDN?: string;
  readonly sslAllowWeakDNMatch?: boolean;
  readonly useSNI?: boolean;
  readonly httpsProxy?: string;
  readonly httpsProxyPort?: number;
  /** Minutes between keep-alive probes. */
  readonly expireTime?: number;
  /** Bytes of a packet at most. */
  readonly sdu?: number;
  readonly networkCompression?: boolean;
  readonly networkCompressionThreshold?: number;
  /** Seconds for one address until the listener has answered. The whole connect is bounded by `pool.connectTimeoutMs` in any case. */
  readonly connectTimeout?: number;
  /** Seconds for one address until the TCP connection is there. */
  readonly transportConnectTimeout?: number;
  readonly retryCount?: number;
  readonly retryDelay?: number;
  readonly connectionIdPrefix?: string;
  /** Shown in `V$SESSION`. */
  readonly program?: string;
  readonly machine?: string;
  readonly osUser?: string;
  readonly terminal?: string;
  readonly driverName?: string;
}

const rules: OptionRules<OracleOptions> = {
  user: { type: "string", address: true },
  password: { type: ["string", "function"], secret: true },
  connectString: { type: "string", required: true, address: true },
  configDir: { type: "string" },
  schema: { type: ["string", "null"] },
  walletLocation: { type: "string" },
  walletPassword: { type: "string", secret: true },
  walletContent: { type: "string", secret: true },
  externalAuth: { type: "boolean" },
  accessToken: { type: "any", secret: true },
  accessTokenConfig: { type: "object", secret: true },
  privilege: { type: "count" },
  edition: { type: "string" },
  appContext: { type: "any" },
  stmtCacheSize: { type: "count" },
  fetchArraySize: { type: "count" },
  sslServerDNMatch: { type: "boolean" },
  sslServerCertDN: { type: "string" },
  sslAllowWeakDNMatch: { type: "boolean" },
  useSNI: { type: "boolean" },
  httpsProxy: { type: "string" },
  httpsProxyPort: { type: "count" },
  expireTime: { type: "count" },
  sdu: { type: "count" },
  networkCompression: { type: "boolean" },
  networkCompressionThreshold: { type: "count" },
  connectTimeout: { type: "count" },
  transportConnectTimeout: { type: "count" },
  retryCount: { type: "count" },
  retryDelay: { type: "count" },
  connectionIdPrefix: { type: "string" },
  program: { type: "string" },
  machine: { type: "string" },
  osUser: { type: "string" },
  terminal: { type: "string" },
  driverName: { type: "string" },
};

/** Every key of {@link OracleOptions}. */
export const optionKeys = Object.freeze(Object.keys(rules)) as readonly (keyof OracleOptions)[];

/** Options that this package uses itself; every other one goes to oracledb as it is. */
const ownKeys = ["password", "schema", "fetchArraySize"] as const;

/** Options that were checked and copied. */
export interface OracleSettings {
  /** What oracledb is given, less the password. */
  readonly native: Readonly<Record<string, unknown>>;
  /** Calls the user's function where there is one. */
  readonly password: () => Promise<string | undefined>;
  readonly user: string | undefined;
  readonly connectString: string;
  readonly schema: string | undefined;
  readonly fetchArraySize: number;
}

/** Checks options and copies them. @throws ConfigurationError naming the key; never a secret */
export function readSettings(options: unknown): OracleSettings {
  checkOptions<OracleOptions>("oracle", options, rules);
  const { password, connectString, schema, user, fetchArraySize = 100, externalAuth } = options;
  if (connectString.trim() === "") throw wrong("connectString", "is empty");
  if (fetchArraySize < 1) throw wrong("fetchArraySize", "must be at least 1");
  if (schema === "") throw wrong("schema", "is empty; use null for the user's own schema");
  if (schema?.includes('"')) throw wrong("schema", "holds a double quote, which no name of Oracle can");
  if (externalAuth !== true && user === undefined) throw wrong("user", "is missing");
  const native: Record<string, unknown> = { stmtCacheSize: 50 };
  for (const [key, value] of Object.entries(options)) {
    if (value !== undefined && !(ownKeys as readonly string[]).includes(key)) native[key] = value;
  }
  return Object.freeze({
    // Hidden from `util.inspect`: a token or a wallet's password may be among it.
    native: hidden(native),
    password: passwordSource("oracle", password),
    user,
    connectString,
    schema: schema ?? undefined,
    fetchArraySize,
  });
}

function hidden(values: Record<string, unknown>): Readonly<Record<string, unknown>> {
  const result = {};
  for (const [key, value] of Object.entries(values)) Object.defineProperty(result, key, { value, enumerable: false });
  return Object.freeze(result);
}

function wrong(key: string, problem: string): ConfigurationError {
  return new ConfigurationError(`oracle: option "${key}" ${problem}`, { key });
}
