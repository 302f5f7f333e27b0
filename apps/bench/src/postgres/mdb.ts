import { postgres } from "@nsj/mdb-adapter-postgres";
import { type Database, sql } from "@nsj/mdb-core";
import { mdbDaoOn, mdbOn } from "../servers/mdb.ts";
import type { Note } from "../servers/rows.ts";

const define = (url: string) => postgres({ connectionString: url });
const insert = (database: Database, { author, title, body }: Note): Promise<number> =>
  database.queryScalar<number>(
    sql`insert into notes (author, title, body) values (${author}, ${title}, ${body}) returning id`,
  );

/** This library over pg. */
export const mdb = mdbOn("@nsj/mdb", define, insert);
export const mdbDao = mdbDaoOn(define, mdb);

/** This library with independent statements on shared connections. */
export const mdbPipelined = mdbOn(
  "@nsj/mdb, pipelining",
  (url) => postgres({ connectionString: url, pipelining: { connections: 2, maxInFlight: 64 } }),
  insert,
);
