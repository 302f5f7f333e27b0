import assert from "node:assert/strict";
import type { Database } from "@nsj/mdb-core";
import type { Bench } from "./bench.ts";

/** A database with a table of unique ids. */
export async function ledger(
  bench: Bench,
  pool: { readonly max?: number } = {},
): Promise<{
  readonly database: Database;
  readonly table: string;
  readonly insert: (executor: Pick<Database, "execute">, id: number) => Promise<unknown>;
  readonly ids: () => Promise<string[]>;
}> {
  const { maxConnections } = bench.capabilities;
  const database = bench.database(maxConnections === undefined ? { pool } : {});
  const table = await bench.tableIn(database, `id ${bench.subject.types.integer} primary key`);
  return {
    database,
    table,
    insert: (executor, id) => executor.execute(`insert into ${table} (id) values (:id)`, { id }),
    ids: async () => (await database.query(`select id from ${table} order by id`)).map((row) => String(row["id"])),
  };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail("it had to reject");
}
