import { ConfigurationError, checkOptions, type OptionRules } from "@nsj/mdb-core";

/** How a string goes to the server; see {@link MssqlOptions.stringType}. */
export type StringType = "nvarchar" | "varchar";

/** Ways to prove who we are, by the driver's own names. */
export const authenticationTypes = [
  "default",
  "ntlm",
  "azure-active-directory-default",
  "azure-active-directory-password",
  "azure-active-directory-access-token",
  "azure-active-directory-msi-vm",
  "azure-active-directory-msi-app-service",
  "azure-active-directory-service-principal-secret",
  "token-credential",
] as const;

/** See {@link MssqlOptions.authentication}. */
export interface MssqlAuthentication {
  readonly type: (typeof authenticationTypes)[number];
  /** The driver's own: `token`, `clientId`, `clientSecret`, `tenantId`, `credential`, `userName`, `password`, `domain`, ... */
  readonly options?: object;
}

/** How to reach a SQL Server or an Azure SQL database. Names are those of `mssql`. */
export interface MssqlOptions {
  /**
   * An ADO connection string (`Server=host,1433;Database=db;User Id=app;Password=...;Encrypt=true`) or a URL
   * (`mssql://app:...@host:1433/db?encrypt=strict`). Options given beside it take precedence over what it says.
   */
  readonly connectionString?: string;
  /** A name or an address; `host\instance` and `host,port` are understood. Default `"localhost"`. */
  readonly server?: string;
  /** Default 1433; not to be given beside an instance's name, which says the port. */
  readonly port?: number;
  readonly user?: string;
  /** A function is called anew at each physical connect, for rotating secrets. */
  readonly password?: string | (() => string | Promise<string>);
  /** Default: the login's own default database. */
  readonly database?: string;
  /** Logs in by NTLM as a user of this Windows domain. */
  readonly domain?: string;
  /**
   * Another way to log in than by user and password; Azure Active Directory by the driver's own options. A function is called anew at
   * each physical connect, for tokens that expire.
   */
  readonly authentication?: MssqlAuthentication | (() => MssqlAuthentication | Promise<MssqlAuthentication>);
  /** Encrypts the connection; `"strict"` from its first byte on (TDS 8.0, SQL Server 2022). Default true. */
  readonly encrypt?: boolean | "strict";
  /** Takes any certificate, and so protects against nobody who is on the way. Default false. */
  readonly trustServerCertificate?: boolean;
  /**
   * Milliseconds after which a connect is given up; `Connection Timeout` of a connection string, in seconds there. 0, the default: no limit but the pool's
   * `connectTimeoutMs`, which holds beside it.
   */
  readonly connectionTimeout?: number;
  /** The name by which the server shows up in the list of sessions. */
  readonly applicationName?: string;
  /**
   * What strings are sent as. `"varchar"` suits a database whose text columns are `varchar`: an index on one is not used for an `nvarchar`
   * value. A string that the database's code page lacks goes as `nvarchar` all the same. For single values there is `sql.varchar`.
   * Default `"nvarchar"`.
   */
  readonly stringType?: StringType;
  /** More options of the driver, passed on as they are: {@link passedOptions}. */
  readonly options?: object;
}

/** What {@link MssqlOptions.options} may hold. The driver's other options would change what this adapter relies on. */
export const passedOptions = [
  "abortTransactionOnError",
  "appName",
  "connector",
  "cryptoCredentialsDetails",
  "datefirst",
  "dateFormat",
  "enableArithAbort",
  "encrypt",
  "fallbackToDefaultDb",
  "instanceName",
  "language",
  "localAddress",
  "multiSubnetFailover",
  "packetSize",
  "readOnlyIntent",
  "serverName",
  "textsize",
  "trustServerCertificate",
  "workstationId",
] as const;

const rules: OptionRules<MssqlOptions> = {
  connectionString: { type: "string", secret: true, address: true },
  server: { type: "string", address: true },
  port: { type: "count" },
  user: { type: "string", address: true },
  password: { type: ["string", "function"], secret: true },
  database: { type: "string", address: true },
  domain: { type: "string" },
  authentication: { type: ["object", "function"], secret: true },
  encrypt: { type: ["boolean", "string"], oneOf: ["strict"] },
  trustServerCertificate: { type: "boolean" },
  connectionTimeout: { type: "count" },
  applicationName: { type: "string" },
  stringType: { type: "string", oneOf: ["nvarchar", "varchar"] },
  options: { type: "object", secret: true },
};

const passedRules = Object.fromEntries(passedOptions.map((key) => [key, { type: "any", secret: true }])) as OptionRules<
  Record<(typeof passedOptions)[number], unknown>
>;

const authenticationRules: OptionRules<MssqlAuthentication> = {
  type: { type: "string", oneOf: authenticationTypes, required: true },
  options: { type: "object", secret: true },
};

/** Every key of {@link MssqlOptions}. */
export const optionKeys = Object.freeze(Object.keys(rules)) as readonly (keyof MssqlOptions)[];

/** Checks keys, types and combinations. @throws ConfigurationError */
export function checkMssqlOptions(options: unknown): asserts options is MssqlOptions {
  checkOptions<MssqlOptions>("mssql", options, rules);
  const { options: passed, authentication, port } = options;
  if (passed !== undefined) checkOptions("mssql", passed, passedRules, "options.");
  if (typeof authentication === "object") checkAuthentication(authentication);
  if (port !== undefined && (port < 1 || port > 65_535)) {
    throw new ConfigurationError('mssql: option "port" must be a number from 1 to 65535', { key: "port" });
  }
}

/** Checks what {@link MssqlOptions.authentication} is or gives. @throws ConfigurationError */
export function checkAuthentication(authentication: unknown): asserts authentication is MssqlAuthentication {
  checkOptions<MssqlAuthentication>("mssql", authentication, authenticationRules, "authentication.");
}
