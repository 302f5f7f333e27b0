import { type Database, ParameterError, sql } from "@nsj/mdb-core";
import { type CatalogueColumn, readCatalogue } from "./catalogue.ts";
import { folded } from "./folded-name.ts";
import type { ToldType } from "./type-of.ts";

/** A column as it is written down. */
export interface FoundColumn extends CatalogueColumn, ToldType {}

/** A table with its columns in their order. */
export interface FoundTable {
  readonly schema: string | undefined;
  /** As the engine has it. */
  readonly name: string;
  readonly columns: readonly FoundColumn[];
}

/** What to read. */
export interface Reading {
  readonly schema?: string;
  readonly tables?: readonly string[];
}

/** Reads the tables of a database: their columns from its catalogue, the types of those by a select that gives no row. @throws ParameterError */
export async function readTables(database: Database, { schema, tables }: Reading): Promise<readonly FoundTable[]> {
  const byTable = Map.groupBy(await readCatalogue(database, schema), ({ table }) => table);
  // Whoever asks writes a name as in a statement, where the engine folds it.
  const known = new Set([...byTable.keys()].flatMap((name) => [name, folded(name)]));
  const missing = tables?.filter((name) => !known.has(name)) ?? [];
  if (missing.length > 0) {
    throw new ParameterError(
      `"${database.label}" (${database.engine}): there is no table ${missing.map((name) => `"${name}"`).join(", ")}`,
    );
  }
  const found: FoundTable[] = [];
  for (const [name, columns] of byTable) {
    const isAsked =
      tables === undefined ? !columns.some(({ view }) => view) : tables.includes(name) || tables.includes(folded(name));
    if (!isAsked) continue;
    const types = await typesOf(database, schema, name);
    found.push({
      schema,
      name,
      columns: columns.map((column, index) => ({
        ...column,
        type: types[index]?.type ?? "any",
        databaseType: types[index]?.databaseType ?? "",
        precision: types[index]?.precision,
      })),
    });
  }
  return found;
}

async function typesOf(database: Database, schema: string | undefined, name: string) {
  const table = schema === undefined ? sql.identifier(name) : sql.identifier(schema, name);
  const { columns } = await database.execute(sql`select * from ${table} where 1 = 0`, { rowMode: "array" });
  return columns;
}
