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
