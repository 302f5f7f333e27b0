import type { Database } from "@nsj/mdb-core";
import { clockFindings } from "./clock.ts";
import type { Examination, Symptom } from "./finding.ts";
import { poolerFindings } from "./pooler.ts";
import { type PostgresFacts, postgresFacts } from "./postgres-facts.ts";
import { branchFindings, preparedRoom } from "./spanning.ts";

/** The end of the community's support, by major version (postgresql.org/support/versioning). */
const endOfLife: Readonly<Record<number, string>> = {
  12: "2024-11-21",
  13: "2025-11-13",
  14: "2026-11-12",
  15: "2027-11-11",
  16: "2028-11-09",
  17: "2029-11-08",
  18: "2030-11-14",
};

/** Looks at a PostgreSQL. */
export async function examinePostgres(database: Database, timeoutMs: number): Promise<Examination> {
  const before = Date.now();
  const facts = await database.queryOne<PostgresFacts>(postgresFacts, [], { name: "mdb doctor", timeoutMs });
  const after = Date.now();
  const { limit, reserved, role_limit, database_limit, identity } = facts;
  const limits = [limit - reserved, role_limit, database_limit].filter((it) => it >= 0);
  return {
    symptoms: [
      ...versions(facts),
      ...durability(facts),
      ...transactions(facts),
      ...network(facts),
      ...clockFindings(Number(facts.clock_ms), before, after),
      ...leftBehind(facts),
      ...texts(facts),
      ...preparedRoom(facts.prepared_limit, database.stats().max),
      ...(await branchFindings(database, timeoutMs)),
      ...(await poolerFindings(database, timeoutMs)),
    ],
    // What others have open is not there for this application.
    server: { identity, room: Math.min(...limits) - Math.max(0, facts.used - facts.own), limit },
  };
}

function versions({ version }: PostgresFacts): Symptom[] {
  const major = Math.floor(version / 10_000);
  const end = endOfLife[major];
  const told: Symptom = { level: "info", check: "version", seen: `PostgreSQL ${major}.${version % 10_000}` };
  if (end === undefined || end > new Date().toISOString()) return [told];
  return [
    {
      level: "warning",
      check: "version",
      seen: `PostgreSQL ${major} has had no fixes since ${end}`,
      advice: "move to a newer major version",
    },
  ];
}

function durability({ fsync, full_page_writes, synchronous_commit }: PostgresFacts): Symptom[] {
  const found: Symptom[] = [];
  const lost = "what was told to be committed may be gone after a crash";
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
      why: lost,
      advice: "set synchronous_commit = on for this role or database, or accept it knowingly",
    });
  return found;
}

function transactions({
  isolation,
  read_only,
  standby,
  statement_timeout,
  idle_timeout,
  lock_timeout,
  keepalives,
}: PostgresFacts): Symptom[] {
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
    });
  if ([statement_timeout, idle_timeout, lock_timeout, keepalives].every((it) => it === "0")) {
    found.push({
      level: "info",
      check: "time-limits",
      seen: "none of statement_timeout, idle_in_transaction_session_timeout, lock_timeout and tcp_keepalives_idle is set",
      why: "a statement or transaction of a client that died without a word can hold locks for hours",
      advice: "set the first two for the role, longer than any limit of the application",
    });
  }
  return found;
}

function network({ encrypted, local }: PostgresFacts): Symptom[] {
  if (encrypted !== false || local) return [];
  return [
    {
      level: "warning",
      check: "tls",
      seen: "the connection is not encrypted, and the server is another machine",
      why: "passwords and rows can be read on the way",
      advice: 'say sslmode: "verify-full"',
    },
  ];
}

function leftBehind({ oldest_snapshot, slot }: PostgresFacts): Symptom[] {
  const found: Symptom[] = [];
  if (oldest_snapshot !== null && oldest_snapshot > 10_000_000) {
    found.push({
      level: "warning",
      check: "vacuum",
      seen: `the oldest snapshot is ${oldest_snapshot} transactions old`,
      why: "vacuum cannot remove rows that were deleted since",
      advice: "end the transaction that is open for so long (pg_stat_activity.backend_xmin)",
    });
  }
  if (slot !== null) {
    found.push({
      level: "warning",
      check: "replication-slot",
      seen: `the replication slot "${slot}" is not in use`,
      why: "the server keeps all of its log for it, until the disk is full",
      advice: "drop it, or start what reads from it",
    });
  }
  return found;
}

function texts({ encoding, conforming }: PostgresFacts): Symptom[] {
  const found: Symptom[] = [];
  if (encoding !== "UTF8")
    found.push({
      level: encoding === "SQL_ASCII" ? "warning" : "info",
      check: "encoding",
      seen: `the server stores texts in ${encoding}`,
      why: "it cannot keep every character, or does not know which it has",
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
