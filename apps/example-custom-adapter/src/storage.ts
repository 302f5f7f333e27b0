import { DatabaseSync } from "node:sqlite";
import { DriverFault } from "@nsj/mdb-core";

export type Storage = ReturnType<typeof storageOf>;

/** Opens and closes. What is in memory lives as long as the connector, whatever the pool does with its one connection. */
export function storageOf(filename: string) {
  const inMemory = filename === ":memory:";
  let saved: Uint8Array | undefined;
  return {
    open(): DatabaseSync {
      let database: DatabaseSync | undefined;
      try {
        database = new DatabaseSync(filename);
        if (saved !== undefined) database.deserialize(saved);
        // Readers and the writer then do not wait for one another. What is no database shows here, and not with the first statement.
        if (!inMemory) database.exec("pragma journal_mode = wal");
        return database;
      } catch (error) {
        database?.close();
        // SQLITE_CANTOPEN. Later it may be about a file that ATTACH names.
        if ((error as { readonly errcode?: unknown }).errcode !== 14) throw error;
        throw new DriverFault("cannot be opened", { kind: "unknown-database", connection: "dead" }, error);
      }
    },
    close(database: DatabaseSync): void {
      if (inMemory) saved = database.serialize();
      database.close();
    },
  };
}
