import type { Database } from "@nsj/mdb-core";
import type { Examination, Symptom } from "./finding.ts";

/** Looks at a SQLite. */
export async function examineSqlite(database: Database, timeoutMs: number): Promise<Examination> {
  return database.withConnection(
    async (connection) => {
      const pragma = async (name: string): Promise<string> => String(await connection.queryScalar(`pragma ${name}`));
      const found: Symptom[] = [
        {
          level: "info",
          check: "version",
          seen: `SQLite ${String(await connection.queryScalar("select sqlite_version()"))}`,
        },
      ];
      const file = String(
        (await connection.queryOne<{ file: unknown }>("select file from pragma_database_list where name = 'main'"))
          .file ?? "",
      );
      const journal = await pragma("journal_mode");
      const synchronous = await pragma("synchronous");
      if (file !== "" && journal === "wal" && synchronous === "1") {
        found.push({
          level: "info",
          check: "synchronous",
          seen: "synchronous is NORMAL",
          why: "the last commits may be gone when the machine (not the process) loses power",
          advice: 'say synchronous: "full" where that must not be',
        });
      }
      if (file !== "" && synchronous === "0") {
        found.push({
          level: "error",
          check: "synchronous",
          seen: "synchronous is OFF",
          why: "a power cut can destroy the database",
          advice: 'say synchronous: "full"',
        });
      }
      if (file !== "" && journal !== "wal") {
        found.push({
          level: "warning",
          check: "journal",
          seen: `journal_mode is ${journal.toUpperCase()}`,
          why: "readers and writers wait for each other",
          advice: 'say journalMode: "wal", unless the file is on a network drive',
        });
      }
      if ((await pragma("foreign_keys")) === "0") {
        found.push({
          level: "warning",
          check: "foreign-keys",
          seen: "foreign keys are not checked",
          advice: "say foreignKeys: true",
        });
      }
      const [problem] = await connection.query<{ quick_check: string }>("pragma quick_check(1)");
      if (problem !== undefined && problem.quick_check !== "ok") {
        found.push({
          level: "error",
          check: "integrity",
          seen: `the file is damaged: ${problem.quick_check}`,
          advice: "copy what can be read (sqlite3's .recover), or go back to a copy",
        });
      }
      return { symptoms: found };
    },
    { reset: "auto", timeoutMs },
  );
}
