import { MysqlDialect } from "kysely";
import { kyselyOn } from "../servers/kysely.ts";
import { poolOf } from "./mysql2.ts";

/** Kysely over mysql2's pool. */
export const kysely = kyselyOn(
  (url) => new MysqlDialect({ pool: poolOf(url).pool }),
  async (database, note) =>
    Number((await database.insertInto("notes").values(note).executeTakeFirstOrThrow()).insertId),
);
