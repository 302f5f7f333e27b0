import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openNative } from "./better-sqlite3.ts";
import { peopleCount } from "./contestant.ts";

/** A database file that is gone afterwards. */
export interface DatabaseFile {
  readonly filename: string;
  remove(): Promise<void>;
}

/** Makes a database file with the tables of the benchmarks. */
export async function createDatabaseFile(): Promise<DatabaseFile> {
  const directory = await mkdtemp(join(tmpdir(), "mdb-bench-"));
  const filename = join(directory, "bench.db");
  const database = openNative(filename);
  database.exec(`
    create table people (id integer primary key, name text not null, email text not null, age integer not null, score real not null);
    create table notes (id integer primary key, author integer not null, title text not null, body text not null);
  `);
  const insert = database.prepare("insert into people values (?, ?, ?, ?, ?)");
  database.transaction(() => {
    for (let id = 1; id <= peopleCount; id++) {
      insert.run(id, `person ${id}`, `person${id}@example.org`, id % 90, id / 4);
    }
  })();
  database.close();
  return { filename, remove: () => rm(directory, { recursive: true, force: true }) };
}
