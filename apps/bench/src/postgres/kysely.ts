import { PostgresDialect } from "kysely";
import pg from "pg";
import { kyselyOn } from "../servers/kysely.ts";

/** Kysely over pg's pool. */
export const kysely = kyselyOn(
  (url) => new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 10 }) }),
  async (database, note) =>
    Number((await database.insertInto("notes").values(note).returning("id").executeTakeFirstOrThrow()).id),
);
