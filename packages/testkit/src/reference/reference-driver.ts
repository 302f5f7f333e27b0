import {
  type Capabilities,
  ConfigurationError,
  type Connector,
  type ConnectorEnvironment,
  checkOptions,
  type DialectFacts,
  type Driver,
  systemClock,
} from "@nsj/mdb-core";
import { classify } from "./classify.ts";
import { ReferenceConnection } from "./reference-connection.ts";
import { openSocketPort } from "./socket-port.ts";

/** How to reach a `referenceServer`. */
export interface ReferenceOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** What the small engine can do. */
export const referenceCapabilities: Capabilities = Object.freeze({
  concurrency: "pipelined",
  execution: "async",
  cancel: "out-of-band",
  stream: "cursor",
  reset: "round-trip",
  noticesSessionChanges: true,
  prepared: true,
  executeMany: true,
  bulkLoad: true,
  savepoints: "full",
  isolation: Object.freeze(["read committed", "repeatable read", "serializable"] as const),
  readOnlyTransactions: true,
  deferrableTransactions: false,
  multipleResultSets: true,
  procedures: true,
  branches: "at-commit",
  context: Object.freeze(["settings", "role"] as const),
  fates: true,
});

/** Its dialect is SQLite's. */
export const referenceDialect: DialectFacts = Object.freeze<DialectFacts>({
  placeholder: "question",
  quote: Object.freeze(['"', '"'] as const),
  foldCase: "none",
  maxIdentifier: Object.freeze({ length: 128, unit: "chars" } as const),
  maxParameters: 32_766,
  maxInList: 32_766,
  maxRowsPerValues: 32_766,
  limit: "limit-offset",
  returning: { insert: "returning", update: "returning", delete: "returning" },
  upsert: "on-conflict",
  upsertInserted: null,
  patternMatch: "glob",
  nullsSort: "low",
  emptyStringIsNull: false,
  // Text has no type: two forms of one instant, or of one UUID, are equal by what they say. Rows are sorted as they are stored.
  storedForms: {
    timestamptz: {
      alike: "strftime('%Y-%m-%d %H:%M:%f', $)",
      near: ["date($, '-1 day')", "coalesce(date($, '+2 days'), '~')"],
    },
    uuid: { alike: "replace(lower($), '-', '')", equal: ["$", "lower($)", "upper($)"] },
  },
  exactPlaces: { timestamptz: { read: "+$", write: "$" }, uuid: { read: "+$", write: "$" } },
  arrayParameters: false,
  columnTypes: { generatedKey: "integer primary key autoincrement" },
  booleanType: "integer",
  transactionalDdl: true,
  selectNeedsFrom: null,
  lexical: Object.freeze([]),
});

/** The driver of `referenceServer`: the smallest one that has every member of the interface. The mutants are made of it. */
export const referenceDriver: Driver<ReferenceOptions, "reference"> = Object.freeze({
  spi: 1,
  name: "reference",
  schemes: Object.freeze(["reference"]),
  optionKeys: Object.freeze(["host", "port", "user", "password", "database"] as const),
  capabilities: referenceCapabilities,
  dialect: referenceDialect,
  connector,
  parseUrl,
  classify,
});

function connector(options: ReferenceOptions, { clock }: ConnectorEnvironment = { clock: systemClock }): Connector {
  checkOptions<ReferenceOptions>("reference", options, {
    host: { type: "string", required: true },
    port: { type: "count", required: true },
    user: { type: "string", required: true },
    password: { type: "string", required: true, secret: true },
    database: { type: "string", required: true },
  });
  const login = { ...options };
  return {
    target: { address: `${login.host}:${login.port}`, database: login.database, user: login.user },
    connect: async (context) => new ReferenceConnection(await openSocketPort(login, clock, context)),
  };
}

function parseUrl(text: string): ReferenceOptions {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The URL parser's own error quotes the whole text, with the password in it.
    throw new ConfigurationError("reference: the URL cannot be read", { key: "url" });
  }
  return {
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
}
