import { PostgresSession } from "../../../shared/postgres-session.ts";
import { arraySetup } from "../array-change.ts";
import { byteLengthSetup, type CharacterSet } from "../character-set.ts";
import { ResultTypes } from "../result-columns.ts";
import { quoted } from "../sql/names.ts";
import { functionsSetup } from "./functions.ts";
import { temporaryTablesSetup } from "./temporary-tables.ts";
import { conversionsSetup, typesSetup } from "./types.ts";

/** Makes an empty PostgreSQL database one that Oracle's texts can be translated for, with a schema for each user. Gives its types. */
export async function setUpDatabase(
  url: string,
  users: Iterable<string>,
  characterSet: CharacterSet,
): Promise<ResultTypes> {
  const session = await PostgresSession.open(url, { check_function_bodies: "off" });
  try {
    await session.script(
      typesSetup +
        byteLengthSetup(characterSet) +
        functionsSetup +
        conversionsSetup +
        arraySetup +
        temporaryTablesSetup,
    );
    for (const user of users) await session.script(`CREATE SCHEMA IF NOT EXISTS ${quoted(user)}`);
    return await ResultTypes.of(session);
  } finally {
    await session.close();
  }
}
