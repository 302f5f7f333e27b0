import { serverCode } from "./errors.ts";
import { refusal } from "./faults.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { Session } from "./session.ts";

/** ER_UNKNOWN_SYSTEM_VARIABLE */
const unknownVariable = 1193;

/** What a server has to be like for `work` of several databases at once: a decision, or a branch, that it could lose is refused before anything of it is sent. */
export async function checkDurable(session: Session, facts: ServerFacts): Promise<void> {
  if (facts.isDurable === true) return;
  let level: string;
  try {
    const [answer] = await session.text("select @@global.innodb_flush_log_at_trx_commit");
    level = String(answer?.rows[0]?.[0]);
  } catch (error) {
    // Another engine behind the protocol, with settings of its own.
    if (serverCode(error) !== unknownVariable) throw error;
    level = "1";
  }
  if (level !== "1" && level !== "3") {
    const why = `innodb_flush_log_at_trx_commit is ${level}, so that the server may lose what it has committed or prepared`;
    throw refusal("unsupported", `${why}; a transaction over several databases needs 1`);
  }
  facts.isDurable = true;
}

/**
 * What a server has to be like to be a branch, beside its version.
 *
 * @see https://jira.mariadb.org/browse/MDEV-32020 for what the binary log does: replicas apply a branch when it is prepared, keep its locks, and may come to a stop
 * @throws DriverFault for one that hands on what is prepared before it is decided
 */
export async function checkBranches(session: Session, facts: ServerFacts): Promise<void> {
  if (facts.logsNoChanges === true) return;
  const [answer] = await session.text("select @@global.log_bin");
  const logsChanges = String(answer?.rows[0]?.[0]);
  if (logsChanges !== "0") {
    const why =
      "this server writes a binary log (log_bin), by which replicas apply a branch before it is decided and may come to a stop";
    throw refusal("unsupported", `${why}; let it decide, with lacks: ["branches"], or turn the log off`);
  }
  facts.logsNoChanges = true;
}
