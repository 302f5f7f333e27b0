import {
  type Capabilities,
  type ConnectorEnvironment,
  type Driver,
  type OperationContext,
  systemClock,
} from "@nsj/mdb-core";
import { sqliteDialect } from "./dialect.ts";
import { classify } from "./errors.ts";
import { openConnection } from "./open.ts";
import { readOptions, type SqliteOptions, sqliteOptionKeys } from "./options.ts";
import { parseUrl } from "./url.ts";

const capabilities: Capabilities = Object.freeze({
  concurrency: "single",
  execution: "sync",
  cancel: "none",
  stream: "cursor",
  reset: "round-trip",
  noticesSessionChanges: true,
  prepared: true,
  executeMany: true,
  bulkLoad: true,
  savepoints: "full",
  // Writers run one after another, and every transaction reads one state of the database from its first statement to its end.
  isolation: Object.freeze(["snapshot", "serializable"] as const),
  readOnlyTransactions: true,
  deferrableTransactions: false,
  multipleResultSets: true,
  procedures: false,
} satisfies Capabilities);

/**
 * A private database is gone with its connection, and a second connection would see another one. Without streams that one connection is
 * never held while somebody loops over rows.
 */
const ofOneConnection: Partial<Capabilities> = Object.freeze({ maxConnections: 1, stream: "none" });

/** How core reaches SQLite. Stateless; {@link sqlite} is what an application uses. */
export const sqliteDriver: Driver<SqliteOptions, "sqlite"> = Object.freeze({
  spi: 1,
  name: "sqlite",
  schemes: Object.freeze(["sqlite", "sqlite3", "better-sqlite3", "file"]),
  optionKeys: sqliteOptionKeys,
  dialect: sqliteDialect,
  capabilities,
  connector(options, { clock }: ConnectorEnvironment = { clock: systemClock }) {
    const settings = readOptions(options);
    const { location } = settings;
    return {
      target: Object.freeze({ address: location.kind === "file" ? location.path : `:${location.kind}:` }),
      ...(location.kind !== "file" && { capabilities: ofOneConnection }),
      connect: (context: OperationContext) => openConnection(settings, context, clock),
    };
  },
  parseUrl,
  classify,
} satisfies Driver<SqliteOptions, "sqlite">);
