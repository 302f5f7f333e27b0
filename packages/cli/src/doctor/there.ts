import { type Database, UndefinedObjectError } from "@nsj/mdb-core";

/**
 * Whether the database has a table, for whoever may not read it too: what is missing of a table that is there must not pass for a table that is not.
 * Rejects where that cannot be found out.
 */
export async function isThere(database: Database, table: string, timeoutMs: number): Promise<boolean> {
  try {
    await database.query(`select 1 as one from ${table} where 1 = 0`, [], { timeoutMs });
    return true;
  } catch (error) {
    if (error instanceof UndefinedObjectError) return false;
    throw error;
  }
}
