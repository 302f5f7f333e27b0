import createKnex from "knex";
import { chunkSize, type PostgresContestant } from "./contestant.ts";
import type { Note, Person } from "./tables.ts";

const personColumns = ["id", "name", "email", "age", "active", "created_at"] as const;

/** Knex over pg. */
export const knex: PostgresContestant = {
  name: "Knex",
  async open(url) {
    const database = createKnex({ client: "pg", connection: url, pool: { min: 0, max: 10 } });
    return {
      person: (id) => database<Person>("people").select(personColumns).where("id", id).first<Person | undefined>(),
      thousand: (after) =>
        database<Person>("people").select(personColumns).where("id", ">", after).orderBy("id").limit(1000).then(),
      insert: async (note) => {
        const rows = await database<Note & { id: string }>("notes").insert(note).returning("id");
        return Number(rows[0]?.id);
      },
      inTransaction: (id) =>
        database.transaction((transaction) =>
          transaction<Person>("people").select(personColumns).where("id", id).first<Person | undefined>(),
        ),
      bulk: async (notes) => {
        await database.batchInsert("bulk_notes", [...notes], chunkSize);
      },
      close: () => database.destroy(),
    };
  },
};
