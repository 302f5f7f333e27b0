/** What to write here for an option of another library. */
export interface OurOption {
  /** Its full name, from the database's options on. */
  readonly name?: string;
  /** What else is to be known, or why there is no such option. */
  readonly note?: string;
}

/** Options that people bring along, by their names in lower case and without anything between the words: `connectionlimit`. */
export type ForeignOptions = Readonly<Record<string, OurOption>>;

const milliseconds = "in milliseconds";
const fromSeconds = "in milliseconds, not seconds";

const foreign: ForeignOptions = {
  // SQLAlchemy
  poolsize: { name: "pool.max" },
  maxoverflow: { name: "pool.max", note: "the most connections there may be, overflow included" },
  pooltimeout: { name: "pool.acquireTimeoutMs", note: fromSeconds },
  poolrecycle: { name: "pool.maxLifetimeMs", note: fromSeconds },
  poolpreping: { name: "pool.validateAfterIdleMs", note: "idle connections are checked by themselves" },
  echo: { note: 'there is no such option here: subscribe to the diagnostics channel "mdb:query"' },
  // mysql2
  connectionlimit: { name: "pool.max" },
  queuelimit: { name: "pool.maxQueue" },
  maxidle: {
    note: 'there is no such option here: idle connections above "pool.min" are closed after "pool.idleTimeoutMs"',
  },
  waitforconnections: { note: 'there is no such option here: callers wait for "pool.acquireTimeoutMs"' },
  // tarn, knex, generic-pool
  acquiretimeoutmillis: { name: "pool.acquireTimeoutMs", note: milliseconds },
  createtimeoutmillis: { name: "pool.connectTimeoutMs", note: milliseconds },
  destroytimeoutmillis: { name: "pool.closeTimeoutMs", note: milliseconds },
  idletimeoutmillis: { name: "pool.idleTimeoutMs", note: milliseconds },
  reapintervalmillis: { note: "there is no such option here: the pool finds its own times" },
  evictionrunintervalmillis: { note: "there is no such option here: the pool finds its own times" },
  maxwaitingclients: { name: "pool.maxQueue" },
  // pg
  connectiontimeoutmillis: { name: "pool.acquireTimeoutMs", note: 'to connect: "pool.connectTimeoutMs"' },
  maxlifetimeseconds: { name: "pool.maxLifetimeMs", note: fromSeconds },
  allowexitonidle: { name: "pool.keepProcessAlive", note: "off by default" },
  statementtimeout: { name: "statementTimeoutMs", note: milliseconds },
  querytimeout: { name: "statementTimeoutMs", note: milliseconds },
  // mssql
  requesttimeout: { name: "statementTimeoutMs", note: milliseconds },
  // oracledb
  poolmax: { name: "pool.max" },
  poolmin: { name: "pool.min" },
  queuetimeout: { name: "pool.acquireTimeoutMs", note: milliseconds },
  queuemax: { name: "pool.maxQueue" },
  poolpinginterval: { name: "pool.validateAfterIdleMs", note: fromSeconds },
  poolincrement: { note: "there is no such option here: the pool opens what is wanted" },
  // HikariCP
  maximumpoolsize: { name: "pool.max" },
  minimumidle: { name: "pool.min" },
  maxlifetime: { name: "pool.maxLifetimeMs", note: milliseconds },
  idletimeout: { name: "pool.idleTimeoutMs", note: milliseconds },
  leakdetectionthreshold: { name: "pool.leakDetectionMs", note: milliseconds },
  // ADO.NET connection strings
  connectiontimeout: { name: "pool.connectTimeoutMs", note: milliseconds },
  connecttimeout: { name: "pool.connectTimeoutMs", note: milliseconds },
  commandtimeout: { name: "statementTimeoutMs", note: fromSeconds },
  maxpoolsize: { name: "pool.max" },
  minpoolsize: { name: "pool.min" },
  connectionlifetime: { name: "pool.maxLifetimeMs", note: fromSeconds },
  // anywhere
  max: { name: "pool.max" },
  min: { name: "pool.min" },
  uri: { name: "connectionString" },
  url: { name: "connectionString" },
  dsn: { name: "connectionString" },
  databaseurl: { name: "connectionString" },
  username: { name: "user" },
  pass: { name: "password" },
  hostname: { name: "host" },
  host: { name: "server" },
  db: { name: "database" },
  dbname: { name: "database" },
  // SQLite in other libraries
  database: { name: "filename" },
  storage: { name: "filename" },
  path: { name: "filename" },
  file: { name: "filename" },
};

/** Words that mean something else anywhere but among the options of a pool. */
const inPool: ForeignOptions = {
  maximum: { name: "pool.max" },
  size: { name: "pool.max" },
  limit: { name: "pool.max" },
  minimum: { name: "pool.min" },
};

/** Options of core's own, which no adapter lists. */
const coreOptions: ReadonlySet<string> = new Set(["statementTimeoutMs"]);

/**
 * What to write instead of an option that comes from another library: `; did you mean "pool.max"?`; `undefined` when the name is not known.
 *
 * @param path - where it was found: `"pool."`, or `""`
 * @param known - the options that are possible there
 * @param own - what whoever checks knows better than this table
 */
export function foreignOptionHint(
  key: string,
  path: string,
  known: readonly string[],
  own: ForeignOptions = {},
): string | undefined {
  const word = key.toLowerCase().replace(/[\s_-]/g, "");
  if (Object.hasOwn(own, word)) return hint(own[word]?.name, own[word]?.note);
  const table = path === "pool." && Object.hasOwn(inPool, word) ? inPool : foreign;
  const ours = Object.hasOwn(table, word) ? table[word] : undefined;
  if (ours === undefined) return undefined;
  const { name, note } = ours;
  if (name === undefined) return hint(name, note);
  // What a database has for all of its statements, a single one has by itself.
  if (name === "statementTimeoutMs" && known.includes("timeoutMs")) return hint("timeoutMs", note);
  const here = path !== "" && name.startsWith(path) ? name.slice(path.length) : name;
  if (!known.includes(here) && !name.startsWith("pool.") && !coreOptions.has(name)) return undefined;
  return hint(here, note);
}

function hint(name: string | undefined, note: string | undefined): string | undefined {
  if (name === undefined) return note === undefined ? undefined : `; ${note}`;
  return `; did you mean "${name}"?${note === undefined ? "" : ` (${note})`}`;
}
