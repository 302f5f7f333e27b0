import type { Note, Person } from "./rows.ts";

/** What each contestant can do with a database server, in its own customary way. */
export interface ServerOperations {
  /** One row by its key. */
  person(id: number): Promise<Person | undefined>;
  /** The 1 000 rows behind a key. */
  thousand(after: number): Promise<readonly Person[]>;
  /** Inserts one row; gives its generated key. */
  insert(note: Note): Promise<number>;
  /** Reads one row in a transaction and commits. */
  inTransaction(id: number): Promise<Person | undefined>;
  /** Inserts many rows, all or nothing. Absent where it would only repeat what another contestant does. */
  bulk?(notes: readonly Note[]): Promise<void>;
  close(): Promise<void>;
}

/** A library that talks to one of the servers. */
export interface ServerContestant {
  readonly name: string;
  open(url: string): Promise<ServerOperations>;
}

/** As many rows as fit into one statement's 65 535 parameters, as people round it. */
export const chunkSize = 10_000;

/** Cuts rows into chunks of {@link chunkSize}. */
export function chunks<T>(rows: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / chunkSize) }, (_, index) =>
    rows.slice(index * chunkSize, (index + 1) * chunkSize),
  );
}
