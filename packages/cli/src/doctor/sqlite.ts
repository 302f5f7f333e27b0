import type { Database, PinnedConnection } from "@nsj/mdb-core";
import type { Examination, Symptom } from "./finding.ts";

/** A check reads the whole file, and nothing else happens in this process meanwhile: up to this size it is a matter of seconds, in bytes. */
const worthReading = 1_000_000_000;

/** What a SQLite says of itself. */
interface SqliteFacts {
  readonly version: string;
  /** Empty in memory. */
  readonly file: string;
  readonly journal: string;
  readonly synchronous: string;
  readonly foreignKeys: string;
  readonly bytes: number;
}

/** Looks at a SQLite. */
export function examineSqlite(database: Database, timeoutMs: number): Promise<Examination> {
  return database.withConnection(
    async (connection) => {
      const facts = await read(connection);
      const { version, file, foreignKeys } = facts;
      const found: Symptom[] = [
        { level: "info", check: "version", seen: `SQLite ${version}` },
        ...(file === "" ? [] : [...durability(facts), ...journal(facts)]),
      ];
      if (foreignKeys === "0")
        found.push({
          level: "warning",
          check: "foreign-keys",
          seen: "foreign keys are not checked",
          why: "rows can point at rows that are not there",
          advice: "say foreignKeys: true",
        });
      found.push(...(await integrity(connection, facts)));
      return { symptoms: found, ...(file !== "" && { place: file }) };
    },
    { reset: "auto", timeoutMs },
  );
}

async function read(connection: PinnedConnection): Promise<SqliteFacts> {
  const pragma = async (name: string): Promise<string> => String(await connection.queryScalar(`pragma ${name}`));
  const list = await connection.queryOne<{ file: unknown }>(
    "select file from pragma_database_list where name = 'main'",
  );
  return {
    version: String(await connection.queryScalar("select sqlite_version()")),
    file: String(list.file ?? ""),
    journal: await pragma("journal_mode"),
    synchronous: await pragma("synchronous"),
    foreignKeys: await pragma("foreign_keys"),
    bytes: Number(await pragma("page_count")) * Number(await pragma("page_size")),
  };
}

function durability({ journal, synchronous }: SqliteFacts): Symptom[] {
  const check = "synchronous";
  if (synchronous === "0") {
    const why = "a power cut can destroy the database";
    return [{ level: "error", check, seen: "synchronous is OFF", why, advice: 'say synchronous: "full"' }];
  }
  if (synchronous !== "1") return [];
  const seen = "synchronous is NORMAL";
  if (journal === "wal") {
    const why = "the last commits may be gone when the machine (not the process) loses power";
    return [{ level: "info", check, seen, why, advice: 'say synchronous: "full" where that must not be' }];
  }
  const why = `without a write-ahead log a power cut at the wrong moment can destroy the database`;
  return [{ level: "warning", check, seen, why, advice: 'say synchronous: "full", or journalMode: "wal"' }];
}

function journal({ journal }: SqliteFacts): Symptom[] {
  if (journal === "wal") return [];
  const check = "journal";
  const seen = `journal_mode is ${journal.toUpperCase()}`;
  if (journal === "off" || journal === "memory") {
    const why = "a transaction that is cut off, by a crash or a power cut, can destroy the database";
    return [{ level: "error", check, seen, why, advice: 'say journalMode: "wal"' }];
  }
  const why = "readers and writers wait for each other";
  return [
    { level: "warning", check, seen, why, advice: 'say journalMode: "wal", unless the file is on a network drive' },
  ];
}

async function integrity(connection: PinnedConnection, { bytes }: SqliteFacts): Promise<readonly Symptom[]> {
  const check = "integrity";
  if (bytes > worthReading)
    return [
      {
        level: "unknown",
        check,
        seen: `the file has ${Math.round(bytes / 1e9)} GB, and was not read through`,
        why: "it is not known whether it is damaged",
        advice: "run pragma quick_check when there is time for it",
      },
    ];
  const problem = await connection
    .query<{ quick_check: string }>("pragma quick_check(1)")
    .then(([row]) => row?.quick_check)
    // What is damaged enough cannot even be looked through.
    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (problem === undefined || problem === "ok") return [];
  return [
    {
      level: "error",
      check,
      seen: `the file is damaged: ${problem}`,
      why: "rows are lost, or are not what was written",
      advice: "copy what can be read (sqlite3's .recover), or go back to a copy",
    },
  ];
}
