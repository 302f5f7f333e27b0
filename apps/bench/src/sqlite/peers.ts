import { asc, eq, gt } from "drizzle-orm";
import { drizzle as connect } from "drizzle-orm/better-sqlite3";
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import createKnex from "knex";
import { type Generated, Kysely, SqliteDialect } from "kysely";
import { openNative } from "./better-sqlite3.ts";
import type { Note, Person, SqliteContestant } from "./contestant.ts";

interface Tables {
  readonly people: Person;
  readonly notes: Note & { readonly id: Generated<number> };
}

const personColumns = ["id", "name", "email", "age", "score"] as const;

const kysely: SqliteContestant = {
  name: "Kysely",
  async open(filename) {
    const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: openNative(filename) }) });
    return {
      person: (id) => database.selectFrom("people").select(personColumns).where("id", "=", id).executeTakeFirst(),
      thousand: (after) =>
        database.selectFrom("people").select(personColumns).where("id", ">", after).orderBy("id").limit(1000).execute(),
      insert: async (note) =>
        (await database.insertInto("notes").values(note).returning("id").executeTakeFirstOrThrow()).id,
      inTransaction: (id, note) =>
        database.transaction().execute(async (transaction) => {
          await transaction.insertInto("notes").values(note).returning("id").executeTakeFirst();
          return transaction.selectFrom("people").select(personColumns).where("id", "=", id).executeTakeFirst();
        }),
      close: () => database.destroy(),
    };
  },
};

const people = sqliteTable("people", {
  id: integer().primaryKey(),
  name: text().notNull(),
  email: text().notNull(),
  age: integer().notNull(),
  score: real().notNull(),
});
const notes = sqliteTable("notes", {
  id: integer().primaryKey(),
  author: integer().notNull(),
  title: text().notNull(),
  body: text().notNull(),
});

const drizzle: SqliteContestant = {
  name: "Drizzle",
  async open(filename) {
    const native = openNative(filename);
    const database = connect(native);
    return {
      person: (id) => database.select().from(people).where(eq(people.id, id)).get(),
      thousand: (after) =>
        database.select().from(people).where(gt(people.id, after)).orderBy(asc(people.id)).limit(1000).all(),
      insert: (note) => database.insert(notes).values(note).returning({ id: notes.id }).get().id,
      inTransaction: (id, note) =>
        database.transaction(
          (transaction) => {
            transaction.insert(notes).values(note).returning({ id: notes.id }).get();
            return transaction.select().from(people).where(eq(people.id, id)).get();
          },
          { behavior: "immediate" },
        ),
      close: async () => void native.close(),
    };
  },
};

const knex: SqliteContestant = {
  name: "Knex",
  async open(filename) {
    const database = createKnex({ client: "better-sqlite3", connection: { filename }, useNullAsDefault: true });
    await database.raw("pragma synchronous = NORMAL");
    return {
      person: (id) => database<Person>("people").select(personColumns).where("id", id).first<Person | undefined>(),
      thousand: (after) =>
        database<Person>("people").select(personColumns).where("id", ">", after).orderBy("id").limit(1000).then(),
      insert: async (note) => (await database<Note & { id: number }>("notes").insert(note).returning("id"))[0]?.id ?? 0,
      inTransaction: (id, note) =>
        database.transaction(async (transaction) => {
          await transaction<Note & { id: number }>("notes").insert(note).returning("id");
          return transaction<Person>("people").select(personColumns).where("id", id).first<Person | undefined>();
        }),
      close: () => database.destroy(),
    };
  },
};

/** The libraries beside ours over better-sqlite3. */
export const sqlitePeers: readonly SqliteContestant[] = [kysely, drizzle, knex];
