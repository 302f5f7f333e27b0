import { asc, eq, gt } from "drizzle-orm";
import { bigint, boolean, datetime, int, mysqlTable, text } from "drizzle-orm/mysql-core";
import { drizzle as connect } from "drizzle-orm/mysql2";
import { chunks, type ServerContestant } from "../servers/contestant.ts";
import { poolOf } from "./mysql2.ts";

const people = mysqlTable("people", {
  id: int().primaryKey(),
  name: text().notNull(),
  email: text().notNull(),
  age: int().notNull(),
  active: boolean().notNull(),
  created_at: datetime().notNull(),
});
const note = { author: int().notNull(), title: text().notNull(), body: text().notNull() };
const notes = mysqlTable("notes", { id: bigint({ mode: "number" }).primaryKey().autoincrement(), ...note });
const bulkNotes = mysqlTable("bulk_notes", {
  author: int().notNull(),
  title: text().notNull(),
  body: text().notNull(),
});

/** Drizzle over mysql2's pool. */
export const drizzle: ServerContestant = {
  name: "Drizzle",
  async open(url) {
    const pool = poolOf(url);
    const database = connect(pool);
    return {
      person: async (id) => (await database.select().from(people).where(eq(people.id, id)))[0],
      thousand: async (after) =>
        database.select().from(people).where(gt(people.id, after)).orderBy(asc(people.id)).limit(1000),
      insert: async (row) => (await database.insert(notes).values(row).$returningId())[0]?.id ?? 0,
      inTransaction: (id) =>
        database.transaction(
          async (transaction) => (await transaction.select().from(people).where(eq(people.id, id)))[0],
        ),
      bulk: (rows) =>
        database.transaction(async (transaction) => {
          for (const chunk of chunks(rows)) await transaction.insert(bulkNotes).values([...chunk]);
        }),
      close: () => pool.end(),
    };
  },
};
