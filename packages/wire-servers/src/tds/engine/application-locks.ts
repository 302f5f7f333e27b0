import { type Argument, numberOf, type Outcome, textOf } from "./arguments.ts";
import type { SqlSession } from "./session.ts";
import { NotUnderstoodError } from "./sql-server-error.ts";

/** sp_getapplock and sp_releaseapplock, on advisory locks of PostgreSQL. */
export async function lockApplication(session: SqlSession, name: string, given: readonly Argument[]): Promise<Outcome> {
  const named = (wanted: string) => given.find((it) => it.name.toLowerCase() === wanted);
  const resource = textOf(named("@resource") ?? given[0]);
  const owner = named("@lockowner") === undefined ? "transaction" : textOf(named("@lockowner")).toLowerCase();
  const key = "hashtextextended($1::text, 0)";
  const ask = async (text: string) => {
    const { rows } = await session.statement(() => session.postgres.run(text, [resource]), true);
    return rows[0]?.[0];
  };
  if (name === "sp_releaseapplock") {
    if (owner !== "session") throw new NotUnderstoodError("sp_releaseapplock of a transaction");
    const released = await ask(`SELECT pg_advisory_unlock(${key})`);
    return { status: released === "t" ? 0 : -999, output: [] };
  }
  const timeout = named("@locktimeout") === undefined ? session.options.lockTimeoutMs : numberOf(named("@locktimeout"));
  const scope = owner === "session" ? "" : "_xact";
  if (timeout === 0) {
    const granted = await ask(`SELECT pg_try_advisory${scope}_lock(${key})`);
    return { status: granted === "t" ? 0 : -1, output: [] };
  }
  if (timeout > 0) throw new NotUnderstoodError("sp_getapplock with a time limit");
  await ask(`SELECT pg_advisory${scope}_lock(${key})`);
  return { status: 0, output: [] };
}
