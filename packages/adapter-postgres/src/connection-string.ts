import { ConfigurationError, checkOptions, type OptionRules } from "@nsj/mdb-core";
import { type PostgresOptions, sslModes } from "./options.ts";

type Parameters = Readonly<Record<string, string>>;
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Reads a URL or libpq's `key=value` form. Every parameter is honoured or refused; none is ignored.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 * @throws ConfigurationError that never quotes the string: it may hold a password.
 */
export function parseConnectionString(text: string): PostgresOptions {
  // A blank is no part of a URL; a file that holds one often ends with a line feed.
  const trimmed = text.trim();
  const url = /^([a-z][a-z\d]*)(?:\+[a-z\d_]+)?:\/\//i.exec(trimmed);
  if (url !== null) {
    const scheme = url[1]?.toLowerCase();
    if (scheme !== "postgres" && scheme !== "postgresql") fail(`the scheme "${scheme}" is not one of PostgreSQL`);
    return fromParameters(parseUrl(trimmed.slice(url[0].length)));
  }
  if (text.includes("=")) return fromParameters(parseKeyValues(text));
  return fail("expected postgresql://... or key=value pairs");
}

function parseUrl(rest: string): Parameters {
  const parts = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest);
  if (parts === null) return fail("it is not a URL");
  const [, authority = "", path = "", query = ""] = parts;
  const at = authority.indexOf("@");
  // Anywhere else it is one of a password that was not encoded, whose parts would be taken for a host, a database, a parameter, and be shown.
  if (rest.includes("@", at + 1)) {
    fail(
      "there is an @ too many, or in the wrong place; inside of a user, password or value write %40 for @, %2F for / and %3F for ?",
    );
  }
  if (path.includes("/")) fail("the path has a second /; write %2F for one in the database's name");
  const parameters: Record<string, string> = {};
  if (at >= 0) {
    const [, user = "", password] = /^([^:]*)(?::(.*))?$/s.exec(authority.slice(0, at)) ?? [];
    if (user !== "") parameters["user"] = decode(user);
    if (password !== undefined && password !== "") parameters["password"] = decode(password);
  }
  const { hosts, ports } = parseHosts(authority.slice(at + 1));
  if (hosts !== "") parameters["host"] = hosts;
  if (ports !== "") parameters["port"] = ports;
  if (path !== "") parameters["dbname"] = decode(path);
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals < 0)
      fail(Object.hasOwn(readers, pair) ? `the parameter "${pair}" has no value` : "a parameter has no value");
    parameters[decode(pair.slice(0, equals))] = decode(pair.slice(equals + 1));
  }
  return parameters;
}

function parseHosts(list: string): { readonly hosts: string; readonly ports: string } {
  if (list === "") return { hosts: "", ports: "" };
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const item of list.split(",")) {
    const match = /^(\[[\da-f:.%]+\]|[^:[\]]*)(?::(\d*))?$/i.exec(item);
    if (match === null) return fail("a host is not written as name, name:port or [address]:port");
    hosts.push(decode((match[1] ?? "").replaceAll(/^\[|\]$/g, "")) || "localhost");
    ports.push(match[2] || "5432");
  }
  const unnamed = hosts.length === 1 && list.startsWith(":") ? "" : hosts.join(",");
  return { hosts: unnamed, ports: /:\d/.test(list) ? ports.join(",") : "" };
}

/** `host=localhost dbname='my db' password='it\'s'` */
function parseKeyValues(text: string): Parameters {
  const parameters: Record<string, string> = {};
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)/gsy;
  while (pair.lastIndex < text.trimEnd().length) {
    const match = pair.exec(text);
    if (match === null) return fail("expected key=value pairs separated by spaces");
    parameters[match[1] ?? ""] = (match[2] ?? match[3] ?? "").replaceAll(/\\(.)/gs, "$1");
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail("a % is not followed by two hexadecimal digits; write %25 for the sign itself");
  }
}

function fail(why: string): never {
  throw new ConfigurationError(`postgres: the connection string cannot be read: ${why}`, { key: "connectionString" });
}

type Reader = (value: string, options: Mutable<PostgresOptions>, name: string) => void;

const text =
  (key: keyof PostgresOptions): Reader =>
  (value, options) =>
    Object.assign(options, { [key]: value });

const number =
  (key: keyof PostgresOptions, factor = 1): Reader =>
  (value, options, name) => {
    if (!/^-?\d+$/.test(value)) fail(`the parameter "${name}" is not a number`);
    Object.assign(options, { [key]: Math.max(0, Number(value)) * factor });
  };

/** A parameter that names something we always, or never, do. */
const only =
  (...accepted: readonly string[]): Reader =>
  (value, _, name) => {
    if (!accepted.includes(value)) fail(`the parameter "${name}" can only be ${accepted.join(" or ")} here`);
  };

const never: Reader = (_, __, name) => fail(`the parameter "${name}" is one of libpq's that this driver does not have`);

/** Every parameter that libpq, pg and their relatives know. */
const readers: Readonly<Record<string, Reader>> = {
  host: (value, options) => {
    const hosts = value.split(",");
    options.host = hosts.length === 1 ? value : hosts;
  },
  port: (value, options) => {
    const ports = value.split(",").map((it) => (/^\d+$/.test(it) ? Number(it) : fail("a port is not a number")));
    options.port = ports.length === 1 ? (ports[0] ?? 5432) : ports;
  },
  dbname: text("database"),
  database: text("database"),
  user: text("user"),
  password: text("password"),
  options: text("options"),
  schema: text("schema"),
  application_name: text("applicationName"),
  fallback_application_name: (value, options) => {
    options.applicationName ??= value;
  },
  statement_timeout: number("statement_timeout"),
  lock_timeout: number("lock_timeout"),
  idle_in_transaction_session_timeout: number("idle_in_transaction_session_timeout"),
  connect_timeout: number("connectionTimeoutMillis", 1_000),
  target_session_attrs: text("targetSessionAttrs"),
  load_balance_hosts: text("loadBalanceHosts"),
  keepalives: (value, options, name) => {
    only("0", "1")(value, options, name);
    options.keepAlive = value === "1";
  },
  keepalives_idle: number("keepAliveInitialDelayMillis", 1_000),
  channel_binding: text("channelBinding"),
  sslmode: text("sslmode"),
  ssl: (value, options, name) => {
    // A word of sslmode is asyncpg's way to say it.
    const mode = sslModes.find((it) => it === value);
    if (mode !== undefined) {
      options.sslmode = mode;
      return;
    }
    only("true", "false", "1", "0")(value, options, name);
    options.ssl = value === "true" || value === "1";
  },
  sslrootcert: text("sslrootcert"),
  sslcert: text("sslcert"),
  sslkey: text("sslkey"),
  sslpassword: text("sslpassword"),
  sslcrl: text("sslcrl"),
  sslnegotiation: text("sslnegotiation"),
  // What we ask for by ourselves; `ssl: { minVersion, maxVersion }` changes it.
  ssl_min_protocol_version: only("TLSv1.2"),
  sslcompression: only("0"),
  sslsni: only("1"),
  gssencmode: only("disable", "prefer"),
  client_encoding: only("utf8", "UTF8", "utf-8", "UTF-8", "auto"),
  // pg's switch for libpq's meaning of sslmode, which is the only meaning here.
  uselibpqcompat: only("true"),
  gssdelegation: never,
  gsslib: never,
  hostaddr: never,
  keepalives_count: never,
  keepalives_interval: never,
  krbsrvname: never,
  passfile: never,
  replication: never,
  require_auth: never,
  requirepeer: never,
  requiressl: never,
  service: never,
  sslcertmode: never,
  sslcrldir: never,
  ssl_max_protocol_version: never,
  sslkeylogfile: never,
  tcp_user_timeout: never,
};

const parameterRules = Object.fromEntries(
  Object.keys(readers).map((name) => [name, { type: "string" }]),
) as unknown as OptionRules<Parameters>;

function fromParameters(parameters: Parameters): PostgresOptions {
  checkOptions<Parameters>("postgres connection string", parameters, parameterRules);
  const options: Mutable<PostgresOptions> = {};
  // In the order of the table, so that what depends on another parameter comes after it.
  for (const [name, read] of Object.entries(readers)) {
    const value = parameters[name];
    if (value !== undefined) read(value, options, name);
  }
  return options;
}
