import { randomBytes } from "node:crypto";
import { PostgresSession } from "./postgres-session.ts";

/** A database of our own on a PostgreSQL server that others use too. */
export interface ScratchDatabase {
  readonly url: string;
  /** Drops it, cutting off whoever is still connected. */
  drop(): Promise<void>;
}

/** Creates an empty database with a random name. `url` names a superuser. */
export async function createScratchDatabase(url: string, prefix: string): Promise<ScratchDatabase> {
  const name = `${prefix}_${randomBytes(6).toString("hex")}`;
  await asAdministrator(url, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    drop: () => asAdministrator(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function asAdministrator(url: string, text: string): Promise<void> {
  // Who waits for ever says nothing; an error says what hangs.
  const session = await PostgresSession.open(url, { statement_timeout: "30000" });
  try {
    await session.run(text);
  } finally {
    await session.close();
  }
}
