import type { Database } from "@nsj/mdb-core";
import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy";

/** Drizzle on one of our PostgreSQL databases: its queries run on our pool, and join the transaction that the calling code is in. */
export function drizzleOn(database: Database): PgRemoteDatabase {
  return drizzle(async (text, parameters, method) => {
    if (method === "execute") return { rows: await database.query(text, parameters) };
    return { rows: await database.query(text, parameters, { rowMode: "array" }) };
  });
}
