import { type Generated, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { chunks, type PostgresContestant } from "./contestant.ts";
import type { Note, Person } from "./tables.ts";

interface Tables {
  readonly people: Person;
  readonly notes: Note & { readonly id: Generated<string> };
  readonly bulk_notes: Note;
}

const personColumns = ["id", "name", "email", "age", "active", "created_at"] as const;

/** Kysely over pg's pool. */
export const kysely: PostgresContestant = {
  name: "Kysely",
  async open(url) {
    const database = new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 10 }) }),
    });
    return {
      person: (id) => database.selectFrom("people").select(personColumns).where("id", "=", id).executeTakeFirst(),
      thousand: (after) =>
        database.selectFrom("people").select(personColumns).where("id", ">", after).orderBy("id").limit(1000).execute(),
      insert: async (note) =>
        Number((await database.insertInto("notes").values(note).returning("id").executeTakeFirstOrThrow()).id),
      inTransaction: (id) =>
        database
          .transaction()
          .execute((transaction) =>
            transaction.selectFrom("people").select(personColumns).where("id", "=", id).executeTakeFirst(),
          ),
      bulk: (notes) =>
        database.transaction().execute(async (transaction) => {
          for (const chunk of chunks(notes)) await transaction.insertInto("bulk_notes").values(chunk).execute();
        }),
      close: () => database.destroy(),
    };
  },
};
