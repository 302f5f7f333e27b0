import { PostgresSession } from "../../../shared/postgres-session.ts";
import { quoted } from "../sql/names.ts";
import { functionsSetup } from "./functions.ts";
import { typesSetup } from "./types.ts";

/** Makes an empty PostgreSQL database one that Oracle's texts can be translated for, with a schema for each user. */
export async function setUpDatabase(url: string, users: Iterable<string>): Promise<void> {
  const session = await PostgresSession.open(url, { check_function_bodies: "off" });
  try {
    await session.script(typesSetup + functionsSetup);
    for (const user of users) await session.script(`CREATE SCHEMA IF NOT EXISTS ${quoted(user)}`);
  } finally {
    await session.close();
  }
}
