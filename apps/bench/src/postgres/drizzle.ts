import { asc, eq, gt } from "drizzle-orm";
import { drizzle as connect } from "drizzle-orm/node-postgres";
import { bigint, boolean, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import pg from "pg";
import { chunks, type ServerContestant } from "../servers/contestant.ts";

const people = pgTable("people", {
  id: integer().primaryKey(),
  name: text().notNull(),
  email: text().notNull(),
  age: integer().notNull(),
  active: boolean().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull(),
});
const note = { author: integer().notNull(), title: text().notNull(), body: text().notNull() };
const notes = pgTable("notes", { id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(), ...note });
const bulkNotes = pgTable("bulk_notes", {
  author: integer().notNull(),
  title: text().notNull(),
  body: text().notNull(),
});

/** Drizzle over pg's pool. */
export const drizzle: ServerContestant = {
  name: "Drizzle",
  async open(url) {
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    const database = connect(pool);
    return {
      person: async (id) => (await database.select().from(people).where(eq(people.id, id)))[0],
      thousand: async (after) =>
        database.select().from(people).where(gt(people.id, after)).orderBy(asc(people.id)).limit(1000),
      insert: async (row) => (await database.insert(notes).values(row).returning({ id: notes.id }))[0]?.id ?? 0,
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
