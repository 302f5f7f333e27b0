import type { Symptom } from "./finding.ts";
import type { MariadbFacts } from "./mariadb-facts.ts";

/** What the settings of a MariaDB or MySQL make of commits, transactions and texts. */
export function mariadbSettingFindings(facts: MariadbFacts, isMysql: boolean): readonly Symptom[] {
  return [...durability(facts), ...replication(facts, isMysql), ...transactions(facts), ...texts(facts)];
}

function durability({ flush, doublewrite }: MariadbFacts): Symptom[] {
  const found: Symptom[] = [];
  if (Number(flush) !== 1)
    found.push({
      level: "warning",
      check: "flush-log",
      seen: `innodb_flush_log_at_trx_commit is ${flush}`,
      why: `what was told to be committed may be gone after a crash of the ${Number(flush) === 2 ? "machine" : "server"}`,
      advice: "set it to 1, or accept it knowingly",
    });
  if (/^(?:0|off)$/i.test(String(doublewrite)))
    found.push({
      level: "error",
      check: "doublewrite",
      seen: "innodb_doublewrite is off",
      why: "a crash of the machine can leave torn pages",
      advice: "set it on, unless the storage writes whole pages",
    });
  return found;
}

/** https://jira.mariadb.org/browse/MDEV-32020 */
function replication({ binlog, sync_binlog }: MariadbFacts, isMysql: boolean): Symptom[] {
  if (Number(binlog) === 0) return [];
  const found: Symptom[] = [];
  if (Number(sync_binlog) !== 1)
    found.push({
      level: "warning",
      check: "binary-log",
      seen: `there is a binary log, and sync_binlog is ${sync_binlog}`,
      why: "after a crash of the machine replicas may lack what was told to be committed, or have what the server has lost",
      advice: "set it to 1, or accept it knowingly",
    });
  if (!isMysql)
    found.push({
      level: "info",
      check: "prepared-transactions",
      seen: "there is a binary log",
      why: "a branch of a transaction over several databases would be replicated when it is prepared, and hold its locks on replicas too (MDEV-32020), so it is refused",
      advice: 'let this server decide, with lacks: ["branches"]',
    });
  return found;
}

function transactions({ isolation, read_only }: MariadbFacts): Symptom[] {
  const found: Symptom[] = [];
  if (!/^repeatable-read$|^read-committed$/i.test(isolation))
    found.push({
      level: "warning",
      check: "isolation",
      seen: `transactions are ${isolation.toLowerCase().replace("-", " ")} where nobody says otherwise`,
      why: /uncommitted/i.test(isolation) ? "what is read may never be committed" : "what is read is locked",
      advice: "set the isolation of the server or the session, or say isolation for each transaction",
    });
  if (Number(read_only) !== 0)
    found.push({
      level: "warning",
      check: "read-only",
      seen: "the server is read_only, as replicas are",
      why: "it refuses writes of users without a right of their own for that",
      advice: "let a label that writes go to the primary",
    });
  return found;
}

function texts({ mode, charset }: MariadbFacts): Symptom[] {
  const found: Symptom[] = [];
  if (!/STRICT_(?:TRANS|ALL)_TABLES/.test(mode))
    found.push({
      level: "warning",
      check: "sql-mode",
      seen: "sql_mode is not strict",
      why: "values that do not fit are cut off without an error",
      advice: "add STRICT_TRANS_TABLES",
    });
  if (charset !== "utf8mb4")
    found.push({
      level: "info",
      check: "encoding",
      seen: `new tables store texts in ${charset}`,
      why: "it cannot keep every character",
    });
  return found;
}
