import { type Dialect, type Generated, Kysely } from "kysely";
import { chunks, type ServerContestant } from "./contestant.ts";
import { type Note, type Person, personColumns } from "./rows.ts";

/** What {@link kyselyOn} works with. */
export interface Tables {
  readonly people: Person;
  readonly notes: Note & { readonly id: Generated<string> };
  readonly bulk_notes: Note;
}

/** Kysely over a driver's pool. @param insert - inserts a note, and gives its key */
export function kyselyOn(
  dialect: (url: string) => Dialect,
  insert: (database: Kysely<Tables>, note: Note) => Promise<number>,
): ServerContestant {
  return {
    name: "Kysely",
    async open(url) {
      const database = new Kysely<Tables>({ dialect: dialect(url) });
      return {
        person: (id) => database.selectFrom("people").select(personColumns).where("id", "=", id).executeTakeFirst(),
        thousand: (after) =>
          database
            .selectFrom("people")
            .select(personColumns)
            .where("id", ">", after)
            .orderBy("id")
            .limit(1000)
            .execute(),
        insert: (note) => insert(database, note),
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
}
