import { postgres } from "@nsj/mdb-adapter-postgres";
import { DaoBase, DatabaseManager, defineTable, sql } from "@nsj/mdb-core";
import type { PostgresContestant } from "./contestant.ts";
import type { Note, Person } from "./tables.ts";

class People extends DaoBase.for(defineTable<Person>("people").primaryKey("id")) {}

/** This library, as its README shows it. */
export const mdb: PostgresContestant = { name: "@nsj/mdb", open: (url) => open(url) };

/** This library with independent statements on shared connections. */
export const mdbPipelined: PostgresContestant = {
  name: "@nsj/mdb, pipelining",
  open: (url) => open(url, { connections: 2, maxInFlight: 64 }),
};

/** This library's DAO, for what a DAO does. */
export const mdbDao: PostgresContestant = {
  name: "@nsj/mdb, DAO",
  async open(url) {
    const databases = new DatabaseManager({ bench: postgres({ connectionString: url }) });
    const dao = new People(databases.database("bench"));
    return { ...(await open(url)), person: (id) => dao.findById(id), close: () => databases.close() };
  },
};

async function open(url: string, pipelining?: { readonly connections: number; readonly maxInFlight: number }) {
  const databases = new DatabaseManager({
    bench: postgres({ connectionString: url, ...(pipelining && { pipelining }) }),
  });
  const database = databases.database("bench");
  return {
    person: (id: number) =>
      database.queryMaybeOne<Person>(sql`select id, name, email, age, active, created_at from people where id = ${id}`),
    thousand: (after: number) =>
      database.query<Person>(
        sql`select id, name, email, age, active, created_at from people where id > ${after} order by id limit 1000`,
      ),
    insert: ({ author, title, body }: Note) =>
      database.queryScalar<number>(
        sql`insert into notes (author, title, body) values (${author}, ${title}, ${body}) returning id`,
      ),
    inTransaction: (id: number) =>
      database.transaction((transaction) =>
        transaction.queryMaybeOne<Person>(
          sql`select id, name, email, age, active, created_at from people where id = ${id}`,
        ),
      ),
    bulk: async (notes: readonly Note[]) => {
      await database.bulkInsert("bulk_notes", ["author", "title", "body"], notes);
    },
    close: () => databases.close(),
  };
}
