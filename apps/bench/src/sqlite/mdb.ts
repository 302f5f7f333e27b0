import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DaoBase, DatabaseManager, defineTable, sql } from "@nsj/mdb-core";
import type { Person, SqliteContestant } from "./contestant.ts";

class People extends DaoBase.for(defineTable<Person>("people").primaryKey("id")) {}

/** This library, as its README shows it, and as durable as everybody else is here. */
export const mdb: SqliteContestant = {
  name: "@nsj/mdb",
  async open(filename) {
    const databases = new DatabaseManager({ bench: sqlite({ filename, synchronous: "normal" }) });
    const database = databases.database("bench");
    return {
      person: (id) => database.queryOne<Person>("select id, name, email, age, score from people where id = ?", [id]),
      thousand: (after) =>
        database.query<Person>(
          sql`select id, name, email, age, score from people where id > ${after} order by id limit 1000`,
        ),
      insert: ({ author, title, body }) =>
        database.queryScalar<number>(
          sql`insert into notes (author, title, body) values (${author}, ${title}, ${body}) returning id`,
        ),
      inTransaction: (id, { author, title, body }) =>
        database.transaction(
          async (transaction) => {
            await transaction.execute(
              sql`insert into notes (author, title, body) values (${author}, ${title}, ${body}) returning id`,
            );
            return transaction.queryOne<Person>(sql`select id, name, email, age, score from people where id = ${id}`);
          },
          { readOnly: false },
        ),
      close: () => databases.close(),
    };
  },
};

/** The same row by a template, and by a DAO. */
export const mdbTemplate: SqliteContestant = {
  name: "@nsj/mdb, sql``",
  async open(filename) {
    const databases = new DatabaseManager({ bench: sqlite({ filename, synchronous: "normal" }) });
    const database = databases.database("bench");
    return {
      ...(await mdb.open(filename)),
      person: (id) => database.queryOne<Person>(sql`select id, name, email, age, score from people where id = ${id}`),
      close: () => databases.close(),
    };
  },
};

export const mdbDao: SqliteContestant = {
  name: "@nsj/mdb, DAO",
  async open(filename) {
    const databases = new DatabaseManager({ bench: sqlite({ filename, synchronous: "normal" }) });
    const dao = new People(databases.database("bench"));
    return { ...(await mdb.open(filename)), person: (id) => dao.findById(id), close: () => databases.close() };
  },
};
