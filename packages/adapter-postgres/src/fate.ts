import type { Fate } from "@nsj/mdb-core";
import type { Session } from "./session.ts";
import { lifeText } from "./transaction-trace.ts";

/**
 * Whether a number was given before the crash that began this life of the server, and is nobody else's therefore. Recovery ends with a checkpoint that has the next number, and
 * where no other one came since, it is the last one: nothing was written between its beginning and its end.
 */
const isOfBefore = (number: string): string => `select case when c.checkpoint_lsn = c.redo_lsn
  and pg_catalog.current_setting('wal_level') <> 'minimal'
  and pg_catalog.pg_postmaster_start_time() < pg_catalog.pg_stat_get_bgwriter_stat_reset_time()
  and (pg_catalog.split_part(c.next_xid, ':', 1)::pg_catalog.int8 << 32) + pg_catalog.split_part(c.next_xid, ':', 2)::pg_catalog.int8 > ${number}
  then 'yes' else 'no' end from pg_catalog.pg_control_checkpoint() c`;

const timelineLength = 8;

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
  // A number alone, as somebody may have noted it by hand, is of whichever life.
  const [, life, number] = /^([\dA-F]{8}(?:-\d+)?):(\d+)$/.exec(transactionNumber) ?? [];
  if (life === undefined || number === undefined) return "unknown";
  const ask = async (text: string): Promise<unknown> => {
    const statement = { text, values: [], types: undefined, key: text };
    return (await session.statement(statement, false)).rows[0]?.[0];
  };
  try {
    const now = String(await ask(lifeText));
    if (now.slice(0, timelineLength) !== life.slice(0, timelineLength)) return "unknown";
    const fate = fates[String(await ask(`select pg_catalog.txid_status(${number})`))] ?? "unknown";
    // Whoever else has got the number, and whatever became of that one: ours was not committed where it had not come to the disk.
    if (now === life || fate !== "committed") return fate;
    return (await ask(isOfBefore(number))) === "yes" ? "committed" : "unknown";
  } catch (error) {
    // A standby knows no timeline, and a number beyond the last one is of another server. A connection that is lost tells nothing.
    if (session.link.alive) return "unknown";
    throw error;
  }
}
