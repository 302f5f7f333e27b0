import { serverCode } from "./errors.ts";
import { refusal } from "./faults.ts";
import type { Session } from "./session.ts";
import type { ServerFacts } from "./setup.ts";

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
 * What a server has to be like to be a branch.
 *
 * @see https://jira.mariadb.org/browse/MDEV-32020 for what the binary log does: replicas apply a branch when it is prepared, keep its locks, and may come to a stop
 * @throws DriverFault for one that rolls back what is prepared when its session ends, or hands it on before it is decided
 */
export async function checkBranches(session: Session, facts: ServerFacts): Promise<void> {
  if (facts.keepsBranches === true) return;
  const [answer] = await session.text("select @@version, @@global.log_bin");
  const [version, logsChanges] = (answer?.rows[0] ?? []).map(String) as [string, string];
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  if (major * 10_000 + minor * 100 + patch < 100_502) {
    const why = "MariaDB before 10.5.2 rolls back what is prepared when its session ends";
    throw refusal(
      "unsupported",
      `${why}, and this server is ${version.slice(0, 40)}; it can decide, with lacks: ["branches"]`,
    );
  }
  if (logsChanges !== "0") {
    const why =
      "this server writes a binary log (log_bin), by which replicas apply a branch before it is decided and may come to a stop";
    throw refusal("unsupported", `${why}; let it decide, with lacks: ["branches"], or turn the log off`);
  }
  facts.keepsBranches = true;
}
