import createKnex, { type Knex } from "knex";
import { chunkSize, type ServerContestant } from "./contestant.ts";
import { type Note, type Person, personColumns } from "./rows.ts";

type Notes = Note & { readonly id: string };

/** Knex over a driver. @param insert - inserts a note, and gives its key */
export function knexOn(
  configure: (url: string) => Knex.Config,
  insert: (notes: Knex.QueryBuilder<Notes>, note: Note) => PromiseLike<number>,
): ServerContestant {
  return {
    name: "Knex",
    async open(url) {
      const database = createKnex({ ...configure(url), pool: { min: 0, max: 10 } });
      return {
        person: (id) => database<Person>("people").select(personColumns).where("id", id).first<Person | undefined>(),
        thousand: (after) =>
          database<Person>("people").select(personColumns).where("id", ">", after).orderBy("id").limit(1000).then(),
        insert: async (note) => insert(database<Notes>("notes"), note),
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
}
