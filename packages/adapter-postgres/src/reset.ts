import type { ResetPlan } from "@nsj/mdb-core";
import type { Session } from "./session.ts";

// What DISCARD ALL does, which no transaction block bears; but our own prepared statements stay.
const sessionScript = [
  "SET SESSION AUTHORIZATION DEFAULT",
  "RESET ALL",
  "CLOSE ALL",
  "UNLISTEN *",
  "SELECT pg_catalog.pg_advisory_unlock_all()",
  "DISCARD SEQUENCES",
  "DISCARD TEMP",
];

/** Puts a session back to what it was after the login, or only ends its transaction. */
export async function resetSession(session: Session, { scope }: ResetPlan): Promise<void> {
  session.unhold();
  const rollback = session.txStatus === "idle" ? [] : ["ROLLBACK"];
  const commands = scope === "session" ? [...rollback, ...sessionScript] : rollback;
  if (commands.length > 0) await session.command(commands.join("; "));
}
