import { join } from "node:path";
import { type Database, type DatabaseManager, type Health, isMdbError } from "@nsj/mdb-core";
import { driverLook, triedDrivers } from "./drivers.ts";
import type { Examined } from "./examined.ts";
import type { Examination, Finding, FindingLevel, Symptom } from "./finding.ts";
import { type Look, lookAt } from "./look.ts";
import { examineMariadb } from "./mariadb.ts";
import { examineMssql } from "./mssql.ts";
import { mssqlTlsLook } from "./mssql-tls.ts";
import { examineOracle } from "./oracle.ts";
import { outboxLook } from "./outboxes.ts";
import { examinePostgres } from "./postgres.ts";
import { roomFindings } from "./room.ts";
import { examineSqlite } from "./sqlite.ts";
import { copiedStores, storeLook } from "./stores.ts";
import { socketTlsLook } from "./tls.ts";

export type { Finding, FindingLevel };

/** What to look at. */
export interface DoctorOptions {
  /** Only these labels; all of them when absent. */
  readonly labels?: readonly string[];
  /** How many processes run the application: the sum of their pools is held against the server's limit. 1 when absent. */
  readonly processes?: number;
  /** A file of the application, from which its packages are looked for, to tell the versions of its drivers. One of the working directory when absent. */
  readonly file?: string;
}

const examinations: Readonly<Record<string, (database: Database, timeoutMs: number) => Promise<Examination>>> = {
  postgres: examinePostgres,
  mariadb: examineMariadb,
  mysql: examineMariadb,
  sqlite: examineSqlite,
  mssql: examineMssql,
  oracle: examineOracle,
};

const tlsLooks: Readonly<Record<string, (database: Database, timeoutMs: number) => Look>> = {
  postgres: socketTlsLook,
  mariadb: socketTlsLook,
  mysql: socketTlsLook,
  mssql: mssqlTlsLook,
};

const levels: readonly FindingLevel[] = ["error", "warning", "unknown", "info"];

/** How long the sign of life, and each question, may take, in milliseconds. */
const limitMs = 5_000;

/**
 * Looks for what is not as it should be: whether each database can be reached, how it keeps what it was told is committed, how many connections it has room
 * for, who can read along, what waits to be ended or delivered, and what else surprises in production. Only reads, with one connection for each label. A
 * database that is down is a finding, and so is what could not be looked at: its level is `"unknown"`. The worst come first.
 *
 * @throws UnknownDatabaseError
 */
export async function doctor(
  databases: DatabaseManager,
  { labels = databases.labels, processes = 1, file = join(process.cwd(), "package.json") }: DoctorOptions = {},
): Promise<readonly Finding[]> {
  const chosen = labels.map((label) => databases.database(label));
  // All are connected before one of them counts connections.
  const asked = await Promise.all(
    chosen.map(async (database) => ({ database, health: await database.health({ timeoutMs: limitMs }) })),
  );
  const hasMany = databases.labels.some((label) => standsForMany(databases.database(label)));
  const facts = { file, hasMany };
  const examined = await Promise.all(asked.map(({ database, health }) => examine(database, health, facts)));
  const findings = examined.flatMap(({ database, symptoms }) =>
    symptoms.map((it): Finding => ({ database: database.label, ...it })),
  );
  const stores = examined.flatMap(({ database: { label }, store, place }) =>
    store === undefined ? [] : [{ label, id: store, place }],
  );
  const all = [...findings, ...copiedStores(stores), ...roomFindings(examined, processes)];
  return all.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
}

/** What is known of the application. */
interface Application {
  readonly file: string;
  readonly hasMany: boolean;
}

/** Of whichever copy of core. */
const standsForMany = (database: Database): boolean => "runningKey" in database;

async function examine(database: Database, health: Health, { file, hasMany }: Application): Promise<Examined> {
  if (standsForMany(database)) return { database, symptoms: [manyDatabases] };
  if (health.status !== "up") return { database, symptoms: [unreachable(health)] };
  const { engine } = database;
  const driver = Object.hasOwn(triedDrivers, engine) ? triedDrivers[engine] : undefined;
  const tls = Object.hasOwn(tlsLooks, engine) ? tlsLooks[engine] : undefined;
  const { symptoms, ...found } = await look(database);
  let store: string | undefined;
  const note = (id: string): void => {
    store = id;
  };
  const looks = [
    ...(driver === undefined ? [] : [driverLook(driver, file)]),
    ...(tls === undefined ? [] : [tls(database, limitMs)]),
    storeLook(database, note, { hasMany, timeoutMs: limitMs }),
    outboxLook(database, limitMs),
  ];
  const rest = await lookAt(looks, 2 * limitMs);
  return { database, ...found, store, symptoms: [...symptoms, ...rest] };
}

function unreachable({ status, error }: Health): Symptom {
  const seen = error?.message ?? "the server does not answer";
  const why = "nothing else could be looked at";
  if (status === "busy") {
    const advice = "ask again when this process has less to do, or look from another one";
    return { level: "unknown", check: "reach", seen, why: `all of its connections are in use, and ${why}`, advice };
  }
  const isRefused = error?.code === "MDB_AUTHENTICATION";
  const advice = isRefused ? "look at the user and the password" : "look at the address, the network and the server";
  return { level: "error", check: "reach", seen, why: `nothing works on it, and ${why}`, advice };
}

/** What is different from engine to engine. */
async function look(database: Database): Promise<Examination> {
  const { engine } = database;
  const examination = Object.hasOwn(examinations, engine) ? examinations[engine] : undefined;
  if (examination === undefined) {
    const seen = `the server answers; its settings are not known on ${engine}`;
    return { symptoms: [{ level: "info", check: "reach", seen }] };
  }
  try {
    return await examination(database, limitMs);
  } catch (error) {
    const words = isMdbError(error) ? error.message : String(error);
    return {
      symptoms: [
        {
          level: "unknown",
          check: "examination",
          seen: `the server answers, but its settings could not be read: ${words}`,
          why: "it is not known whether it keeps what it commits, and how many connections it has room for",
          advice:
            "look at the error: it may be a right that is missing, or a server that is another one than the adapter's",
        },
      ],
    };
  }
}

const manyDatabases = {
  level: "unknown",
  check: "tenants",
  seen: "the label stands for many databases, as tenants do, and none of them was looked at",
  why: "their servers may have any of these troubles, and their connections are in no sum",
  advice: "give one of them a label of its own in a module for the doctor",
} as const;
