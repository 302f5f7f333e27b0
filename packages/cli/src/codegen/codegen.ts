import type { Database } from "@nsj/mdb-core";
import type { CodegenOptions } from "./codegen-options.ts";
import { readTables } from "./read-tables.ts";
import { type GeneratedModule, writeModule } from "./write-module.ts";

/**
 * Writes an interface and a `defineTable()` for each table of a database, from its catalogue and from the types that its own driver tells. Sends only
 * selects. May be called concurrently.
 *
 * @throws UnsupportedError for an engine whose catalogue it does not know; ParameterError when a table that is asked for is not there
 */
export async function codegen(database: Database, options: CodegenOptions = {}): Promise<GeneratedModule> {
  return writeModule(await readTables(database, options), database, options);
}
