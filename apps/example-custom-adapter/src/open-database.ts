import { DatabaseSync } from "node:sqlite";
import { DriverFault } from "@nsj/mdb-core";

/** Opens the database, with nothing that a session has set. What is in memory is copied from its connection so far. */
export function openDatabase(filename: string, previous?: DatabaseSync): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(filename);
    if (filename === ":memory:") {
      if (previous !== undefined) database.deserialize(previous.serialize());
      return database;
    }
    // Readers and the writer then do not wait for one another. What is no database shows here, and not with the first statement.
    database.exec("pragma journal_mode = wal");
    return database;
  } catch (error) {
    database?.close();
    // SQLITE_CANTOPEN. Later it may be about a file that ATTACH names.
    if ((error as { readonly errcode?: unknown }).errcode !== 14) throw error;
    throw new DriverFault("cannot be opened", { kind: "unknown-database", connection: "dead" }, error);
  }
}
