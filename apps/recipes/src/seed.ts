import { type Database, sql } from "@nsj/mdb-core";

/** Loads rows once: into a table that is still empty. Gives how many. */
export async function seed(
  database: Database,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<number> {
  return database.transaction(async (tx) => {
    const { rowCount } = await tx.execute(sql`select 1 from ${sql.identifier(table)} limit 1`);
    const [first] = rows;
    if (rowCount > 0 || first === undefined) return 0;
    return (await tx.bulkInsert(table, Object.keys(first), rows)).rowCount;
  });
}
