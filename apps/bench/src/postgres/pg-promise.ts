import createPgPromise from "pg-promise";
import { chunks, type ServerContestant } from "../servers/contestant.ts";
import type { Person } from "../servers/rows.ts";
import { insertNote, selectPerson, selectThousand } from "./tables.ts";

const pgPromise = createPgPromise();
const noteColumns = new pgPromise.helpers.ColumnSet(["author", "title", "body"], { table: "bulk_notes" });

/** pg-promise over pg. */
export const pgPromiseLibrary: ServerContestant = {
  name: "pg-promise",
  async open(url) {
    const database = pgPromise({ connectionString: url, max: 10 });
    return {
      person: async (id) => (await database.oneOrNone<Person>(selectPerson, [id])) ?? undefined,
      thousand: (after) => database.any<Person>(selectThousand, [after]),
      insert: async ({ author, title, body }) =>
        Number((await database.one<{ id: string }>(insertNote, [author, title, body])).id),
      inTransaction: (id) =>
        database.tx(async (transaction) => (await transaction.oneOrNone<Person>(selectPerson, [id])) ?? undefined),
      bulk: (notes) =>
        database.tx(async (transaction) => {
          for (const chunk of chunks(notes)) await transaction.none(pgPromise.helpers.insert([...chunk], noteColumns));
        }),
      close: () => database.$pool.end(),
    };
  },
};
