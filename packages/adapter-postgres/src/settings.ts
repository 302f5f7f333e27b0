import { userInfo } from "node:os";
import { bareHost, ConfigurationError, passwordSource } from "@nsj/mdb-core";
import { parseConnectionString } from "./connection-string.ts";
import { addressOf, type Endpoint } from "./dial.ts";
import type { NativeConfig } from "./native.ts";
import {
  checkPostgresOptions,
  type PostgresOptions,
  type SslMode,
  sslModes,
  type TargetSessionAttrs,
} from "./options.ts";
import { parseSearchPath } from "./search-path.ts";
import { type Encryption, encryptionsFor } from "./tls.ts";

/** Options that were read and checked, with nothing left to decide. Secrets are behind functions. */
export interface Settings {
  readonly endpoints: readonly Endpoint[];
  readonly user: string;
  readonly database: string;
  readonly password: () => Promise<string | undefined>;
  readonly encryptions: readonly Encryption[];
  readonly channelBinding: "disable" | "prefer" | "require";
  readonly targetSessionAttrs: TargetSessionAttrs;
  readonly shuffled: boolean;
  /** Per host, in milliseconds; 0 for a share of the whole. */
  readonly hostTimeoutMs: number;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
  readonly startup: Partial<NativeConfig>;
  /** `undefined`: no statement is ever named, and nothing is left on the session. */
  readonly prepared: { readonly max: number; readonly threshold: number } | undefined;
  readonly searchPath: readonly string[] | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads options, connection string and environment. No I/O. @throws ConfigurationError */
export function readSettings(given: unknown, environment: Environment = process.env): Settings {
  checkPostgresOptions(given);
  const options = merge(given);
  checkPostgresOptions(options);
  const user = options.user ?? said(environment, "PGUSER") ?? systemUser();
  const { applicationName, statement_timeout, lock_timeout, idle_in_transaction_session_timeout } = options;
  return Object.freeze({
    endpoints: endpointsOf(options, environment),
    user,
    database: options.database ?? said(environment, "PGDATABASE") ?? user,
    password: passwordSource("postgres", options.password ?? said(environment, "PGPASSWORD")),
    encryptions: encryptionsFor(options, environmentsSslMode(environment)),
    channelBinding: options.channelBinding ?? "disable",
    targetSessionAttrs: options.targetSessionAttrs ?? "any",
    shuffled: options.loadBalanceHosts === "random",
    hostTimeoutMs: options.connectionTimeoutMillis ?? 0,
    keepAlive: options.keepAlive ?? true,
    keepAliveInitialDelayMillis: options.keepAliveInitialDelayMillis ?? 0,
    startup: Object.freeze({
      application_name: applicationName,
      options: options.options,
      statement_timeout,
      lock_timeout,
      idle_in_transaction_session_timeout,
    }),
    prepared: preparedSettings(options.preparedStatements ?? true),
    searchPath: parseSearchPath(options.schema ?? undefined),
  });
}

/** A variable of the environment. An empty one says nothing: that is how compose files and shells write one that is not set. */
function said(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined;
}

/** Where the settings lead, for messages. */
export function addressesOf({ endpoints }: Settings): string {
  return endpoints.map(addressOf).join(",");
}

function merge(options: PostgresOptions): PostgresOptions {
  if (options.connectionString === undefined) return options;
  const { connectionString, ...beside } = options;
  const spoken: PostgresOptions = Object.fromEntries(Object.entries(beside).filter(([, value]) => value !== undefined));
  const { ssl, sslmode, ...read } = parseConnectionString(connectionString);
  // These two are one setting in two forms: what stands beside the string replaces both.
  if (spoken.ssl !== undefined || spoken.sslmode !== undefined) return { ...read, ...spoken };
  return { ...read, ...(ssl !== undefined && { ssl }), ...(sslmode !== undefined && { sslmode }), ...spoken };
}

function endpointsOf({ host, port }: PostgresOptions, environment: Environment): readonly Endpoint[] {
  const hosts = listOf(host ?? said(environment, "PGHOST")?.split(",") ?? "localhost").map((name) =>
    bareHost("postgres", name, "host"),
  );
  const ports = listOf(port ?? portsFrom(said(environment, "PGPORT")) ?? 5432);
  if (hosts.length === 0 || hosts.includes("")) {
    throw new ConfigurationError('postgres: option "host" names no host', { key: "host" });
  }
  if (ports.length !== 1 && ports.length !== hosts.length) {
    throw new ConfigurationError(
      `postgres: option "port" has ${ports.length} ports for ${hosts.length} hosts; give one port, or one for each host`,
      { key: "port" },
    );
  }
  return hosts.map((name, index) => ({ host: name, port: ports[ports.length === 1 ? 0 : index] ?? 5432 }));
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function portsFrom(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  const ports = text.split(",").map(Number);
  if (ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535)) return ports;
  throw new ConfigurationError("postgres: PGPORT in the environment is not a port, or a list of ports", {
    key: "port",
  });
}

function environmentsSslMode(environment: Environment): SslMode | undefined {
  const mode = said(environment, "PGSSLMODE");
  if (mode === undefined) return undefined;
  const known = sslModes.find((it) => it === mode);
  if (known !== undefined) return known;
  throw new ConfigurationError(`postgres: PGSSLMODE in the environment must be one of ${sslModes.join(", ")}`, {
    key: "sslmode",
  });
}

function preparedSettings(option: NonNullable<PostgresOptions["preparedStatements"]>): Settings["prepared"] {
  if (option === false) return undefined;
  const { max = 100, threshold = 2 } = option === true ? {} : option;
  return max === 0 ? undefined : { max, threshold };
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return "postgres";
  }
}
