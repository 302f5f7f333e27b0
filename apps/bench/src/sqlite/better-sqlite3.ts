import Database from "better-sqlite3";
import {
  insertNote,
  type Note,
  type Person,
  type SqliteContestant,
  selectPerson,
  selectThousand,
} from "./contestant.ts";

/** Opens a file as all contestants do. */
export function openNative(filename: string): Database.Database {
  const database = new Database(filename);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  return database;
}

/** The driver itself with statements that are prepared once: the floor. */
export const betterSqlite3: SqliteContestant = {
  name: "better-sqlite3",
  async open(filename) {
    const database = openNative(filename);
    const person = database.prepare<[number], Person>(selectPerson);
    const thousand = database.prepare<[number], Person>(selectThousand);
    const insert = database.prepare<[number, string, string], { id: number }>(insertNote);
    const both = database.transaction((id: number, { author, title, body }: Note) => {
      insert.get(author, title, body);
      return person.get(id);
    });
    return {
      person: (id) => person.get(id),
      thousand: (after) => thousand.all(after),
      insert: ({ author, title, body }) => insert.get(author, title, body)?.id ?? 0,
      inTransaction: (id, note) => both.immediate(id, note),
      close: async () => void database.close(),
    };
  },
};
