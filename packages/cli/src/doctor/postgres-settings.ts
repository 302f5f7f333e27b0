import type { Symptom } from "./finding.ts";
import type { PostgresFacts } from "./postgres-facts.ts";

/** What the settings of a PostgreSQL make of commits, transactions and texts. */
export function settingFindings(facts: PostgresFacts): readonly Symptom[] {
  return [
    ...durability(facts),
    ...transactions(facts),
    ...timeLimits(facts),
    ...texts(facts),
    ...vacuum(facts),
    ...slots(facts),
  ];
}

function durability({ fsync, full_page_writes, synchronous_commit }: PostgresFacts): Symptom[] {
  const found: Symptom[] = [];
  if (fsync === "off")
    found.push({
      level: "error",
      check: "fsync",
      seen: "fsync is off",
      why: "a crash of the machine can destroy the whole database",
      advice: "set fsync = on",
    });
  if (full_page_writes === "off")
    found.push({
      level: "error",
      check: "full-page-writes",
      seen: "full_page_writes is off",
      why: "a crash of the machine can leave torn pages",
      advice: "set full_page_writes = on, unless the storage writes whole pages",
    });
  if (synchronous_commit === "off")
    found.push({
      level: "warning",
      check: "synchronous-commit",
      seen: "synchronous_commit is off",
      why: "what was told to be committed may be gone after a crash",
      advice: "set synchronous_commit = on for this role or database, or accept it knowingly",
    });
  return found;
}

function transactions({ isolation, read_only, standby }: PostgresFacts): Symptom[] {
  const found: Symptom[] = [];
  if (isolation !== "read committed")
    found.push({
      level: "warning",
      check: "isolation",
      seen: `transactions are ${isolation} where nobody says otherwise`,
      why: "they may fail with serialization failures that read committed does not have",
      advice: "say retry for them, or isolation",
    });
  if (standby)
    found.push({
      level: "warning",
      check: "standby",
      seen: "this server is a standby",
      why: "it refuses writes",
      advice: 'say targetSessionAttrs: "read-write" where the label writes',
    });
  else if (read_only === "on")
    found.push({
      level: "warning",
      check: "read-only",
      seen: "default_transaction_read_only is on",
      why: "writes are refused where nobody says readOnly: false",
      advice: "set it off for this role or database where the label writes",
    });
  return found;
}

function timeLimits({ statement_timeout, idle_timeout, lock_timeout }: PostgresFacts): Symptom[] {
  if (![statement_timeout, idle_timeout, lock_timeout].every((it) => it === "0")) return [];
  return [
    {
      level: "info",
      check: "time-limits",
      seen: "none of statement_timeout, idle_in_transaction_session_timeout and lock_timeout is set",
      why: "a statement or transaction of a client that died without a word can hold locks for hours",
      advice: "set the first two for the role, longer than any limit of the application",
    },
  ];
}

function texts({ encoding, conforming }: PostgresFacts): Symptom[] {
  const found: Symptom[] = [];
  if (encoding === "SQL_ASCII")
    found.push({
      level: "warning",
      check: "encoding",
      seen: "the database stores texts in SQL_ASCII",
      why: "it takes any bytes, and does not know which characters they are",
      advice: "move what is in it to a database whose encoding is UTF8",
    });
  else if (encoding !== "UTF8")
    found.push({
      level: "info",
      check: "encoding",
      seen: `the database stores texts in ${encoding}`,
      why: "it refuses characters that this does not have",
    });
  if (conforming === "off")
    found.push({
      level: "warning",
      check: "standard-strings",
      seen: "standard_conforming_strings is off",
      why: "a backslash in a quoted text means something else than :name parameters are looked for with",
      advice: "set it on for this role or database",
    });
  return found;
}

/** So many transactions are no longer what a report takes, or a reader that lags a little. */
const oldTransactions = 10_000_000;

function vacuum(facts: PostgresFacts): Symptom[] {
  const { oldest_snapshot, oldest_prepared, oldest_slot, sees_others } = facts;
  const check = "vacuum";
  const holders = [
    {
      age: oldest_snapshot,
      what: "the oldest snapshot of a session",
      advice: "end the transaction that is open for so long (pg_stat_activity.backend_xmin)",
    },
    { age: oldest_prepared, what: "the oldest prepared transaction", advice: "end it (pg_prepared_xacts)" },
    {
      age: oldest_slot,
      what: "what a replication slot holds back",
      advice: "let its reader catch up, or drop it (pg_replication_slots.xmin)",
    },
  ];
  const found = holders.flatMap(({ age, what, advice }): Symptom[] => {
    if (age === null || age <= oldTransactions) return [];
    const seen = `${what} is ${age} transactions old`;
    return [{ level: "warning", check, seen, why: "vacuum cannot remove rows that were deleted since", advice }];
  });
  if (found.length === 0 && !sees_others)
    found.push({
      level: "unknown",
      check,
      seen: "this role does not see the snapshots of other roles' sessions",
      why: "it is not known whether one of them keeps vacuum from cleaning up",
      advice: "grant pg_read_all_stats to the role that the doctor logs in as",
    });
  return found;
}

function slots({ slot }: PostgresFacts): Symptom[] {
  const found: Symptom[] = [];
  if (slot !== null)
    found.push({
      level: "warning",
      check: "replication-slot",
      seen: `the replication slot "${slot}" is not in use`,
      why: "the server keeps all of its log for it, until the disk is full",
      advice: "drop it, or start what reads from it",
    });
  return found;
}
