import { mariadb } from "@nsj/mdb-adapter-mysql";
import { type Database, sql } from "@nsj/mdb-core";
import { mdbDaoOn, mdbOn } from "../servers/mdb.ts";
import type { Note } from "../servers/rows.ts";

// In plain text, as everybody else does by default.
const define = (url: string) => mariadb({ connectionString: url, sslMode: "disabled" });

async function insert(database: Database, { author, title, body }: Note): Promise<number> {
  const { generatedKey } = await database.execute(
    sql`insert into notes (author, title, body) values (${author}, ${title}, ${body})`,
  );
  return Number(generatedKey);
}

/** This library over mysql2. */
export const mdb = mdbOn("@nsj/mdb", define, insert);
export const mdbDao = mdbDaoOn(define, mdb);
