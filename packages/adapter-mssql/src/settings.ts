import { isIPv6 } from "node:net";
import { bareHost, ConfigurationError, type ConnectionTarget, passwordSource } from "@nsj/mdb-core";
import { parseConnectionString } from "./connection-string.ts";
import { checkMssqlOptions, type MssqlAuthentication, type MssqlOptions, type StringType } from "./options.ts";

/** Options that were checked and completed, in the terms of the driver. */
export interface Settings {
  readonly target: ConnectionTarget;
  readonly stringType: StringType;
  /** Milliseconds. */
  readonly connectionTimeout: number;
  /** Calls the user's function where there is one. */
  readonly password: () => Promise<string | undefined>;
  readonly authentication: MssqlAuthentication | (() => MssqlAuthentication | Promise<MssqlAuthentication>) | undefined;
  /** For `mssql`, without what changes from connect to connect. */
  readonly config: {
    readonly server: string;
    readonly port?: number;
    readonly user?: string;
    readonly domain?: string;
    readonly options: Readonly<Record<string, unknown>>;
  };
}

/** The longest that Node can wait. The driver has no word for "no limit" here. */
const longestTimerMs = 2 ** 31 - 1;

/** What the adapter relies on, whatever the user says. */
const fixedOptions = Object.freeze({
  useUTC: true,
  rowCollectionOnDone: false,
  rowCollectionOnRequestCompletion: false,
  lowerCaseGuids: true,
  camelCaseColumns: false,
  // Deadlines are core's and on its clock; the driver's own timers would stop statements by surprise.
  requestTimeout: 0,
  connectTimeout: longestTimerMs,
  cancelTimeout: 0,
  // The pool retries, with back-off.
  maxRetriesOnTransientErrors: 0,
});

/** Checks options and completes them. No I/O. @throws ConfigurationError */
export function readSettings(given: MssqlOptions): Settings {
  checkMssqlOptions(given);
  const { connectionString, ...explicit } = given;
  const fromText = connectionString === undefined ? {} : parseConnectionString(connectionString);
  const options: MssqlOptions = { ...fromText, ...defined(explicit) };
  const passed: Record<string, unknown> = { ...fromText.options, ...explicit.options };
  checkMssqlOptions({ ...options, options: passed });
  const place = readServer(options, passed);
  const encrypt = same("encrypt", options.encrypt, passed["encrypt"], given) ?? true;
  const trust =
    same("trustServerCertificate", options.trustServerCertificate, passed["trustServerCertificate"], given) ?? false;
  const { user, database, domain, applicationName } = options;
  if (domain !== undefined && options.authentication !== undefined) {
    throw new ConfigurationError('mssql: "domain" and "authentication" are two ways to log in; give one', {
      key: "domain",
    });
  }
  const { instanceName, ...others } = passed;
  return Object.freeze({
    target: Object.freeze({
      address: addressOf(place),
      ...(database !== undefined && { database }),
      ...(user !== undefined && { user }),
    }),
    stringType: options.stringType ?? "nvarchar",
    connectionTimeout: options.connectionTimeout || Number.POSITIVE_INFINITY,
    password: passwordSource("mssql", options.password),
    authentication: options.authentication,
    config: Object.freeze({
      server: place.host,
      ...(place.instance === undefined && { port: place.port ?? 1433 }),
      ...(user !== undefined && { user }),
      ...(domain !== undefined && { domain }),
      options: Object.freeze({
        ...others,
        ...fixedOptions,
        encrypt,
        trustServerCertificate: trust,
        ...(database !== undefined && { database }),
        ...(applicationName !== undefined && { appName: applicationName }),
        ...(place.instance !== undefined && { instanceName: place.instance }),
      }),
    }),
  });
}

interface Place {
  readonly host: string;
  readonly port: number | undefined;
  readonly instance: string | undefined;
}

function addressOf({ host, port = 1433, instance }: Place): string {
  if (instance !== undefined) return `${host}\\${instance}`;
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `host`, `tcp:host`, `host,port`, `host\instance`, `.` and `(local)` for this machine. */
function readServer(options: MssqlOptions, passed: Readonly<Record<string, unknown>>): Place {
  const written = (options.server ?? "localhost").trim();
  const [, host = "", named, listed] = /^(?:tcp:)?([^\\,]*?)(?:\\([^\\,]+?))?(?:,\s*(\d{1,5}))?$/i.exec(written) ?? [];
  if (host === "" || /^(np|lpc|admin):/i.test(written)) {
    throw new ConfigurationError('mssql: option "server" must be a host, "host\\instance" or "host,port"', {
      key: "server",
    });
  }
  const passedName = passed["instanceName"];
  const instance = named ?? (typeof passedName === "string" ? passedName : undefined);
  const port = options.port ?? (listed === undefined ? undefined : Number(listed));
  if (instance !== undefined && port !== undefined) {
    throw new ConfigurationError('mssql: "port" is not to be given beside an instance, whose port the server tells', {
      key: "port",
    });
  }
  const local = host === "." || /^\(local\)$/i.test(host);
  return { host: local ? "localhost" : bareHost("mssql", host, "server"), port, instance };
}

/** `mssql` knows some options in two places; they must not contradict each other. */
function same(key: string, outer: unknown, inner: unknown, given: MssqlOptions): unknown {
  const contradicts = outer !== undefined && inner !== undefined && outer !== inner;
  const bothGiven = given.options !== undefined && key in given.options && key in given;
  if (contradicts && bothGiven) {
    throw new ConfigurationError(`mssql: "${key}" and "options.${key}" say different things`, { key });
  }
  if (inner !== undefined && given.options !== undefined && key in given.options) return inner;
  return outer ?? inner;
}

function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
