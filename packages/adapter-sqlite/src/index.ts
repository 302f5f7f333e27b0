import { type DatabaseDefinition, type DatabaseOptions, defineDatabase } from "@nsj/mdb-core";
import { sqliteDriver } from "./driver.ts";
import type { SqliteOptions } from "./options.ts";

export { sqliteDriver } from "./driver.ts";
export { type JournalMode, journalModes, type SqliteOptions } from "./options.ts";

/**
 * A SQLite database for a `DatabaseManager`: `sqlite({ filename: "audit.db" })`. Nothing is opened or checked before it is registered.
 */
export function sqlite(options: SqliteOptions & DatabaseOptions): DatabaseDefinition<"sqlite"> {
  return defineDatabase(sqliteDriver, options);
}
