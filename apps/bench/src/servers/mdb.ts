import { DaoBase, type Database, type DatabaseDefinition, DatabaseManager, defineTable, sql } from "@nsj/mdb-core";
import type { ServerContestant, ServerOperations } from "./contestant.ts";
import type { Note, Person } from "./rows.ts";

class People extends DaoBase.for(defineTable<Person>("people").primaryKey("id")) {}

/** How the database of a URL is described. */
export type Define = (url: string) => DatabaseDefinition;

/** This library, as its README shows it. @param insert - inserts a note, and gives its key */
export function mdbOn(
  name: string,
  define: Define,
  insert: (database: Database, note: Note) => Promise<number>,
): ServerContestant {
  return { name, open: async (url) => operationsOf(define(url), insert) };
}

/** This library's DAO, for what a DAO does. */
export function mdbDaoOn(define: Define, contestant: ServerContestant): ServerContestant {
  return {
    name: "@nsj/mdb, DAO",
    async open(url) {
      const databases = new DatabaseManager({ bench: define(url) });
      const dao = new People(databases.database("bench"));
      return { ...(await contestant.open(url)), person: (id) => dao.findById(id), close: () => databases.close() };
    },
  };
}

function operationsOf(
  definition: DatabaseDefinition,
  insert: (database: Database, note: Note) => Promise<number>,
): ServerOperations {
  const databases = new DatabaseManager({ bench: definition });
  const database = databases.database("bench");
  return {
    person: (id) =>
      database.queryMaybeOne<Person>(sql`select id, name, email, age, active, created_at from people where id = ${id}`),
    thousand: (after) =>
      database.query<Person>(
        sql`select id, name, email, age, active, created_at from people where id > ${after} order by id limit 1000`,
      ),
    insert: (note) => insert(database, note),
    inTransaction: (id) =>
      database.transaction((transaction) =>
        transaction.queryMaybeOne<Person>(
          sql`select id, name, email, age, active, created_at from people where id = ${id}`,
        ),
      ),
    bulk: async (notes) => {
      await database.bulkInsert("bulk_notes", ["author", "title", "body"], notes);
    },
    close: () => databases.close(),
  };
}
