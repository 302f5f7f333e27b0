import { isIP } from "node:net";
import { bareHost, type Capabilities, type DialectFacts, type Isolation, passwordSource } from "@nsj/mdb-core";
import { exactLevels, lossyLevels, mysqlDialect } from "./dialect.ts";
import { checkMysqlOptions, type Lackable, type MysqlOptions } from "./options.ts";
import { type Encryption, encryptionFor } from "./tls.ts";
import { parseUrl } from "./url.ts";

/** Whose server it is: the dialect goes by it, so the definition says it. */
export type Flavor = "mysql" | "mariadb";

/** Where a server listens. */
export type Endpoint = { readonly path: string } | { readonly host: string; readonly port: number };

/** Options that were checked, with their defaults. */
export interface Settings {
  readonly flavor: Flavor;
  readonly endpoint: Endpoint;
  readonly user: string | undefined;
  /** Calls the user's function where there is one. */
  readonly password: () => Promise<string | undefined>;
  readonly database: string | undefined;
  readonly encryption: Encryption;
  readonly connectAttributes: Readonly<Record<string, string>> | undefined;
  readonly keepAlive: boolean;
  readonly preparedStatements: number;
  readonly tinyint1IsBoolean: boolean;
  readonly snapshotIsolation: boolean;
  readonly lacks: readonly Lackable[];
}

/** Checks options and copies them. @throws ConfigurationError naming the key; never a secret */
export function readSettings(flavor: Flavor, given: unknown): Settings {
  checkMysqlOptions(flavor, given);
  const { connectionString, ...rest } = given;
  const options: MysqlOptions = connectionString === undefined ? rest : merged(parseUrl(connectionString), rest);
  if (connectionString !== undefined) checkMysqlOptions(flavor, options);
  const { socketPath, host = "localhost", port = 3_306, password, user, database } = options;
  return Object.freeze({
    flavor,
    endpoint: socketPath === undefined ? { host: bareHost(flavor, host, "host"), port } : { path: socketPath },
    user,
    password: passwordSource(flavor, password),
    database,
    encryption: encryptionFor(options),
    connectAttributes: options.connectAttributes && { ...options.connectAttributes },
    keepAlive: options.keepAlive ?? true,
    preparedStatements: options.preparedStatements ?? 100,
    tinyint1IsBoolean: options.tinyint1IsBoolean ?? true,
    snapshotIsolation: flavor === "mariadb" && (options.snapshotIsolation ?? true),
    lacks: Object.freeze([...(options.lacks ?? [])]),
  });
}

/** What is given beside a URL comes before what that says: a socket takes the place of its address, an address that of its socket. */
function merged(url: MysqlOptions, options: MysqlOptions): MysqlOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const left: { -readonly [Key in keyof MysqlOptions]: MysqlOptions[Key] } = { ...url };
  if (options.ssl !== undefined) delete left.sslMode;
  if (options.socketPath !== undefined) {
    delete left.host;
    delete left.port;
  }
  if (options.host !== undefined || options.port !== undefined) delete left.socketPath;
  return { ...left, ...given };
}

/** What these options leave of the driver's capabilities. */
export function capabilitiesFor({
  flavor,
  snapshotIsolation,
  lacks,
  preparedStatements,
}: Settings): Partial<Capabilities> {
  const levels: readonly Isolation[] = flavor === "mariadb" && snapshotIsolation ? exactLevels : lossyLevels;
  const isLacking = (it: Lackable): boolean => lacks.includes(it);
  return {
    isolation: Object.freeze(levels.filter((it) => !(lacks as readonly string[]).includes(it))),
    ...(isLacking("savepoints") && { savepoints: "none" }),
    ...(isLacking("readOnlyTransactions") && { readOnlyTransactions: false }),
    ...(isLacking("procedures") && { procedures: false }),
    branches: flavor === "mariadb" && !isLacking("branches") ? "from-begin" : "none",
    ...(isLacking("cancel") && { cancel: "none" }),
    ...(preparedStatements === 0 && { prepared: false }),
  };
}

/** What these options leave of the driver's dialect. */
export function dialectFor({ lacks }: Settings): Partial<DialectFacts> {
  return lacks.includes("returning") ? { returning: mysqlDialect.returning } : {};
}

/** `"db.example.org:3306"`, or the path of a unix socket. */
export function addressOf(endpoint: Endpoint): string {
  if ("path" in endpoint) return endpoint.path;
  return isIP(endpoint.host) === 6 ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}
