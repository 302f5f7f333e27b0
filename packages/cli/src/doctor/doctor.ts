import { type Database, type DatabaseManager, isMdbError, RoutedDatabase } from "@nsj/mdb-core";
import type { Examination, Finding, FindingLevel } from "./finding.ts";
import { examineMariadb } from "./mariadb.ts";
import { outboxFindings } from "./outboxes.ts";
import { examinePostgres } from "./postgres.ts";
import { roomFindings } from "./room.ts";
import { examineSqlite } from "./sqlite.ts";

export type { Finding, FindingLevel };

/** What to look at. */
export interface DoctorOptions {
  /** Only these labels; all of them when absent. */
  readonly labels?: readonly string[];
  /** How many processes run the application: the sum of their pools is held against the server's limit. 1 when absent. */
  readonly processes?: number;
}

/** A database with what was found. */
export interface Examined extends Examination {
  readonly database: Database;
}

const examinations: Readonly<Record<string, (database: Database, timeoutMs: number) => Promise<Examination>>> = {
  postgres: examinePostgres,
  mariadb: examineMariadb,
  mysql: examineMariadb,
  sqlite: examineSqlite,
};

const levels: readonly FindingLevel[] = ["error", "warning", "info"];

/** How long the sign of life, and each question, may take, in milliseconds. */
const limitMs = 5_000;

/**
 * Looks for what is not as it should be: whether each database can be reached, and on PostgreSQL, MariaDB and SQLite how it keeps what it was told is committed, how many
 * connections it has room for, and what else surprises in production. Only reads, with one connection for each label. A database that is down is a finding. The
 * worst come first.
 *
 * @throws UnknownDatabaseError
 */
export async function doctor(
  databases: DatabaseManager,
  { labels = databases.labels, processes = 1 }: DoctorOptions = {},
): Promise<readonly Finding[]> {
  const examined = await Promise.all(labels.map((label) => examine(databases.database(label))));
  const findings = examined.flatMap(({ database, symptoms }) =>
    symptoms.map((it): Finding => ({ database: database.label, ...it })),
  );
  const all = [...findings, ...roomFindings(examined, processes)];
  return all.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
}

async function examine(database: Database): Promise<Examined> {
  if (database instanceof RoutedDatabase) {
    const seen = "the label stands for many databases, as tenants do, and none of them is examined";
    const advice = "give one of them a label of its own in a module for the doctor";
    return { database, symptoms: [{ level: "info", check: "tenants", seen, advice }] };
  }
  const { status, error } = await database.health({ timeoutMs: limitMs });
  if (status === "down") {
    const advice =
      error?.code === "MDB_AUTHENTICATION"
        ? "look at the user and the password"
        : "look at the address, the network and the server";
    return {
      database,
      symptoms: [{ level: "error", check: "reach", seen: error?.message ?? "the server does not answer", advice }],
    };
  }
  const examination = Object.hasOwn(examinations, database.engine) ? examinations[database.engine] : undefined;
  if (examination === undefined) {
    const seen = `the server answers; nothing else is looked at on ${database.engine}`;
    return { database, symptoms: [{ level: "info", check: "reach", seen }] };
  }
  try {
    const { symptoms, ...rest } = await examination(database, limitMs);
    return { database, ...rest, symptoms: [...symptoms, ...(await outboxFindings(database, limitMs))] };
  } catch (error) {
    const seen = `the examination failed: ${isMdbError(error) ? error.message : String(error)}`;
    return { database, symptoms: [{ level: "warning", check: "examination", seen }] };
  }
}
