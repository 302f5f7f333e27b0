import { ConfigurationError, readServerUrl } from "@nsj/mdb-core";
import { authenticationTypes, type MssqlOptions } from "./options.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Draft = Mutable<MssqlOptions> & { options: Record<string, unknown> };

/** Reads a connection string or URL into options. @throws ConfigurationError; the message never shows the text */
export function parseConnectionString(text: string): MssqlOptions {
  const draft: Draft = { options: {} };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) readUrl(text, draft);
  else for (const [key, value] of pairs(text)) apply(draft, key, value);
  const { options, ...rest } = draft;
  return Object.keys(options).length === 0 ? rest : { ...rest, options };
}

function readUrl(text: string, draft: Draft): void {
  const url = readServerUrl("mssql", text, "mssql://user:password@host:1433/database");
  if (url.hostname !== "") draft.server = decode(url.hostname.replace(/^\[(.*)\]$/, "$1"));
  if (url.port !== "") draft.port = Number(url.port);
  if (url.username !== "") draft.user = decode(url.username);
  if (url.password !== "") draft.password = decode(url.password);
  const [database = "", ...more] = url.pathname.replace(/^\//, "").split("/");
  if (more.length > 0) throw wrong("the path of the URL", "a database's name");
  if (database !== "") draft.database = decode(database);
  for (const [key, value] of url.searchParams) apply(draft, key, value);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong("a part of the URL", "percent-encoded UTF-8");
  }
}

/** `key=value;...`; a value in quotes or braces may hold anything, its closing mark doubled. */
function* pairs(text: string): Generator<readonly [key: string, value: string]> {
  const pattern =
    /\s*([^=;]+?)\s*=\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|\{((?:[^}]|\}\})*)\}|([^;]*?))\s*(?:;|$)|\s*;|\s+$/y;
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) throw wrong("the connection string", "key=value pairs with semicolons between them");
    const [, key, double, single, brace, bare] = found;
    if (key === undefined) continue;
    const value =
      double?.replaceAll('""', '"') ?? single?.replaceAll("''", "'") ?? brace?.replaceAll("}}", "}") ?? bare ?? "";
    yield [key, value];
  }
}

/** Keys of connection strings and URLs, blanks left out, and what they mean. */
function apply(draft: Draft, written: string, value: string): void {
  const key = written.replace(/[\s_]/g, "").toLowerCase();
  switch (key) {
    case "server":
    case "datasource":
    case "addr":
    case "address":
    case "networkaddress":
      draft.server = value;
      return;
    case "port":
      draft.port = whole(written, value);
      return;
    case "database":
    case "initialcatalog":
      draft.database = value;
      return;
    case "user":
    case "userid":
    case "uid":
      draft.user = value;
      return;
    case "password":
    case "pwd":
      draft.password = value;
      return;
    case "domain":
      draft.domain = value;
      return;
    case "encrypt":
      draft.encrypt = /^strict$/i.test(value)
        ? "strict"
        : /^mandatory$/i.test(value) || (!/^optional$/i.test(value) && yesNo(written, value));
      return;
    case "trustservercertificate":
      draft.trustServerCertificate = yesNo(written, value);
      return;
    case "applicationname":
    case "app":
      draft.applicationName = value;
      return;
    case "connecttimeout":
    case "connectiontimeout":
    case "timeout":
      draft.connectionTimeout = whole(written, value) * 1000;
      return;
    case "stringtype":
      draft.stringType = value as "nvarchar" | "varchar";
      return;
    case "instancename":
      draft.options["instanceName"] = value;
      return;
    case "workstationid":
    case "wsid":
      draft.options["workstationId"] = value;
      return;
    case "packetsize":
      draft.options["packetSize"] = whole(written, value);
      return;
    case "currentlanguage":
    case "language":
      draft.options["language"] = value;
      return;
    case "hostnameincertificate":
      draft.options["serverName"] = value;
      return;
    case "multisubnetfailover":
      draft.options["multiSubnetFailover"] = yesNo(written, value);
      return;
    case "applicationintent":
      if (!/^read(only|write)$/i.test(value)) throw wrong(`"${written}"`, "ReadOnly or ReadWrite");
      draft.options["readOnlyIntent"] = /^readonly$/i.test(value);
      return;
    case "authentication":
      applyAuthentication(draft, value);
      return;
    case "integratedsecurity":
    case "trustedconnection":
      if (/^(false|no)$/i.test(value)) return;
      throw wrong(`"${written}"`, 'left out: log in by "domain" (NTLM) or "authentication" instead');
    case "multipleactiveresultsets":
      if (yesNo(written, value)) throw wrong(`"${written}"`, "false: this driver answers one statement at a time");
      return;
    case "persistsecurityinfo":
    case "pooling":
    // The ODBC driver of a URL for SQLAlchemy.
    case "driver":
      return;
    case "charset":
      if (!/^utf-?8$/i.test(value)) throw wrong(`"${written}"`, "utf8: texts are Unicode here");
      return;
    default:
      throw unknownKey(written, key);
  }
}

function applyAuthentication(draft: Draft, value: string): void {
  const words: Readonly<Record<string, (typeof authenticationTypes)[number]>> = {
    sqlpassword: "default",
    activedirectorydefault: "azure-active-directory-default",
    activedirectorypassword: "azure-active-directory-password",
    activedirectorymanagedidentity: "azure-active-directory-msi-vm",
    activedirectorymsi: "azure-active-directory-msi-vm",
    activedirectoryserviceprincipal: "azure-active-directory-service-principal-secret",
  };
  const type = words[value.replace(/\s/g, "").toLowerCase()] ?? authenticationTypes.find((it) => it === value);
  if (type === undefined)
    throw wrong('"Authentication"', `one of the words of ADO.NET, or of ${authenticationTypes.join(", ")}`);
  if (type !== "default") draft.authentication = { type };
}

/** What other drivers take in a connection string and we take elsewhere. */
const elsewhere: Readonly<Record<string, string>> = {
  maxpoolsize: "pool.max",
  minpoolsize: "pool.min",
  commandtimeout: "statementTimeoutMs",
  requesttimeout: "statementTimeoutMs",
  connectionlifetime: "pool.maxLifetimeMs",
  loadbalancetimeout: "pool.maxLifetimeMs",
};

function unknownKey(written: string, key: string): ConfigurationError {
  const option = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined;
  const hint = option === undefined ? "" : `; say it with the option "${option}"`;
  return new ConfigurationError(`mssql: "${written}" is not understood in a connection string${hint}`, {
    key: "connectionString",
  });
}

function yesNo(key: string, value: string): boolean {
  if (/^(true|yes|1)$/i.test(value)) return true;
  if (/^(false|no|0)$/i.test(value)) return false;
  throw wrong(`"${key}"`, "true or false");
}

function whole(key: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw wrong(`"${key}"`, "a whole number");
  return Number(value);
}

function wrong(what: string, expected: string): ConfigurationError {
  return new ConfigurationError(`mssql: ${what} must be ${expected}`, { key: "connectionString" });
}
