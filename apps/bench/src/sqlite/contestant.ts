/** A row of the table `people`, which every contestant reads. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly age: number;
  readonly score: number;
}

/** A row that is inserted into `notes`. */
export interface Note {
  readonly author: number;
  readonly title: string;
  readonly body: string;
}

/** How many people there are; their keys are 1 to this. */
export const peopleCount = 10_000;
export const selectPerson = "select id, name, email, age, score from people where id = ?";
export const selectThousand = "select id, name, email, age, score from people where id > ? order by id limit 1000";
export const insertNote = "insert into notes (author, title, body) values (?, ?, ?) returning id";

/** What each contestant can do, in its own customary way. Synchronous where the library is. */
export interface SqliteOperations {
  /** One row by its key. */
  person(id: number): Promise<Person | undefined> | Person | undefined;
  /** The 1 000 rows behind a key. */
  thousand(after: number): Promise<readonly Person[]> | readonly Person[];
  /** Inserts one row; gives its generated key. */
  insert(note: Note): Promise<number> | number;
  /** Reads one row and inserts another in one transaction. */
  inTransaction(id: number, note: Note): Promise<Person | undefined> | Person | undefined;
  close(): Promise<void>;
}

/** A library that works with SQLite. */
export interface SqliteContestant {
  readonly name: string;
  open(filename: string): Promise<SqliteOperations>;
}
