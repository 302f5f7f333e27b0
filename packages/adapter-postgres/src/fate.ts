import type { Fate } from "@nsj/mdb-core";
import type { Session } from "./session.ts";
import { timelineText } from "./transaction-trace.ts";

const fates: Readonly<Record<string, Fate>> = {
  committed: "committed",
  aborted: "rolled back",
  "in progress": "pending",
};

/**
 * Asks what became of a transaction. The server knows it for as long as it keeps the transaction's status, some hundred million transactions at least.
 *
 * @see https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
 */
export async function fateOf(session: Session, transactionNumber: string): Promise<Fate> {
  const [, timeline, number] = /^([\dA-F]{8}):(\d+)$/.exec(transactionNumber) ?? [];
  if (timeline === undefined || number === undefined) return "unknown";
  const ask = async (text: string): Promise<unknown> => {
    const statement = { text, values: [], types: undefined, key: text };
    return (await session.statement(statement, false)).rows[0]?.[0];
  };
  try {
    if ((await ask(timelineText)) !== timeline) return "unknown";
    return fates[String(await ask(`select pg_catalog.txid_status(${number})`))] ?? "unknown";
  } catch (error) {
    // A standby knows no timeline, and a number beyond the last one is of another server. A connection that is lost tells nothing.
    if (session.link.alive) return "unknown";
    throw error;
  }
}
