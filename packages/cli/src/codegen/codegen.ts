import type { Database } from "@nsj/mdb-core";
import { readTables } from "./read-tables.ts";
import type { TypeForms } from "./type-of.ts";
import { writeModule } from "./write-module.ts";

/** What to write of a database. */
export interface CodegenOptions {
  /** The schema to read; that of the connection when absent. */
  readonly schema?: string;
  /** Only these tables; all of the schema when absent. */
  readonly tables?: readonly string[];
  /** Properties in camelCase, with `.columns()` where that differs; by default they are. `false`: called as the columns are. */
  readonly camelCase?: boolean;
  /** The database's own `types` option, where it has one; the defaults of the type contract when absent. */
  readonly types?: TypeForms;
}

/** A module of TypeScript, and what could not be decided. */
export interface GeneratedModule {
  /** The text of the module. The same database gives the same text. */
  readonly text: string;
  /** A sentence for each thing that a person has to look at: tables without a key, columns of a type that the contract does not know. */
  readonly undecided: readonly string[];
}

/**
 * Writes an interface and a `defineTable()` for each table of a database, from its catalogue and from the types that its own driver tells. Sends only
 * selects. May be called concurrently.
 *
 * @throws UnsupportedError for an engine whose catalogue it does not know; ParameterError when a table that is asked for is not there
 */
export async function codegen(database: Database, options: CodegenOptions = {}): Promise<GeneratedModule> {
  return writeModule(await readTables(database, options), database, options);
}
