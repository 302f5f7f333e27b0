import type { ResetPlan } from "@nsj/mdb-core";
import { rollbackBranch } from "./branches.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { Session } from "./session.ts";
import { setUp } from "./setup.ts";

/** Puts a session back to what it was after the login, or only ends its transaction. Without a database at the login there is no way back to none. */
export async function resetSession(
  session: Session,
  { scope }: ResetPlan,
  facts: ServerFacts,
): Promise<"done" | "impossible"> {
  const { branch } = session;
  // COM_RESET_CONNECTION would take the branch from its session and leave it half attached: committing it would then do nothing (seen on MariaDB 10.11.19).
  if (branch?.isPrepared === true) return "impossible";
  if (branch !== undefined) await rollbackBranch(session, branch);
  if (session.state.txStatus !== "idle") await session.text("rollback");
  if (scope === "transaction") return "done";
  const { database } = session.settings;
  if (session.state.schemaChanged && database === undefined) return "impossible";
  await session.resetConnection();
  await setUp(session, facts);
  // The command keeps the current database as the last user has chosen it.
  if (session.state.schemaChanged && database !== undefined) await session.useDatabase(database);
  session.state.schemaChanged = false;
  return "done";
}
