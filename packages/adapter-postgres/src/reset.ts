import type { ResetPlan, ResultSet } from "@nsj/mdb-core";
import { quoteIdentifier } from "./dialect.ts";
import type { Session } from "./session.ts";

/**
 * What DISCARD ALL does, which no transaction block bears; but our own prepared statements stay, the role is what it was at the login, and what
 * `setseed` has made foreseeable is not any more. Asks for the statements that were prepared by SQL.
 */
function sessionScript(setup: string): readonly string[] {
  return [
    "SET SESSION AUTHORIZATION DEFAULT",
    "RESET ROLE",
    "RESET ALL",
    ...(setup === "" ? [] : [setup]),
    "CLOSE ALL",
    "UNLISTEN *",
    "SELECT pg_catalog.pg_advisory_unlock_all()",
    "DISCARD SEQUENCES",
    "DISCARD TEMP",
    `SELECT pg_catalog.setseed(${Math.random()})`,
    "SELECT name FROM pg_catalog.pg_prepared_statements WHERE from_sql",
  ];
}

/** Puts a session back to what it was after the login, or only ends its transaction. */
export async function resetSession(session: Session, { scope }: ResetPlan): Promise<void> {
  session.unhold();
  const rollback = session.txStatus === "idle" ? [] : ["ROLLBACK"];
  if (scope === "transaction") {
    if (rollback.length > 0) await session.command("ROLLBACK");
    return;
  }
  const { result } = await session.command([...rollback, ...sessionScript(session.setup)].join("; "));
  const names = lastOf(result).rows.map(([name]) => String(name));
  if (names.length > 0) await session.command(names.map((name) => `DEALLOCATE ${quoteIdentifier(name)}`).join("; "));
}

function lastOf(result: ResultSet): ResultSet {
  return result.next === undefined ? result : lastOf(result.next);
}
