import type { Database } from "@nsj/mdb-core";
import { clockFindings } from "./clock.ts";
import type { Examination, Symptom } from "./finding.ts";
import { type MssqlFacts, mssqlFacts } from "./mssql-facts.ts";
import { sqlServerEnds, versionFindings } from "./support-ends.ts";

/** Looks at a SQL Server. */
export async function examineMssql(database: Database, timeoutMs: number): Promise<Examination> {
  const before = Date.now();
  const facts = await database.queryOne<MssqlFacts>(mssqlFacts, [], { name: "mdb doctor", timeoutMs });
  const after = Date.now();
  const { server, name, most, others, login } = facts;
  return {
    symptoms: [
      ...versions(facts),
      ...isolation(facts),
      ...durability(facts),
      ...clockFindings(Number(facts.clock_ms), before, after),
      ...(others === null ? [noCount] : []),
    ],
    ...(others !== null && {
      limits: [{ identity: server, of: "the server", limit: most, room: most - others, own: login }],
    }),
    place: `${server}/${name}`,
  };
}

const noCount: Symptom = {
  level: "unknown",
  check: "room",
  seen: "this login does not see how many sessions the server has",
  why: "it is not known whether the pools fit beside them",
  advice: "grant VIEW SERVER STATE to the login that the doctor uses",
};

/** EngineEdition 5 and 8 are Azure's, which has no end of support. */
function versions({ version, edition, babelfish }: MssqlFacts): Symptom[] {
  const check = "version";
  if (babelfish !== null)
    return [
      {
        level: "warning",
        check: "host",
        seen: `this is Babelfish ${babelfish} for Aurora PostgreSQL, and no SQL Server`,
        why: "repeatable read is snapshot there, and hints as READPAST are ignored: two relays may take one message",
        advice: "try on it what the application needs: this library's tests have not",
      },
    ];
  if (edition === 5 || edition === 8) {
    const name = edition === 5 ? "Azure SQL Database" : "Azure SQL Managed Instance";
    const why = "it ends connections when it moves or scales: let retry repeat what fails with them";
    return [{ level: "info", check, seen: `${name} ${version}`, why }];
  }
  return versionFindings("SQL Server", version, version.split(".")[0] ?? version, sqlServerEnds);
}

function isolation({ snapshot_reads, snapshot, read_only, updateability }: MssqlFacts): Symptom[] {
  const found: Symptom[] = [];
  if (!snapshot_reads)
    found.push({
      level: "warning",
      check: "isolation",
      seen: "READ_COMMITTED_SNAPSHOT is off",
      why: "at read committed readers and writers wait for each other, and fall into deadlocks",
      advice: "alter database ... set read_committed_snapshot on, unless the application counts on these locks",
    });
  if (snapshot !== "ON")
    found.push({
      level: "info",
      check: "snapshot-isolation",
      seen: `ALLOW_SNAPSHOT_ISOLATION is ${snapshot}`,
      why: 'a transaction with isolation: "snapshot" fails at its first statement (error 3952)',
    });
  if (read_only || updateability === "READ_ONLY")
    found.push({
      level: "warning",
      check: "read-only",
      seen: "the database is read-only, or a secondary replica",
      why: "it refuses writes",
      advice: "let a label that writes go to the primary",
    });
  return found;
}

function durability({ delayed, verify, auto_close }: MssqlFacts): Symptom[] {
  const found: Symptom[] = [];
  if (delayed === "FORCED")
    found.push({
      level: "warning",
      check: "delayed-durability",
      seen: "DELAYED_DURABILITY is FORCED",
      why: "what was told to be committed may be gone after a crash",
      advice: "alter database ... set delayed_durability = disabled, or accept it knowingly",
    });
  if (verify !== "CHECKSUM")
    found.push({
      level: "warning",
      check: "page-verify",
      seen: `PAGE_VERIFY is ${verify}`,
      why: "pages that the storage has damaged are not noticed",
      advice: "alter database ... set page_verify checksum",
    });
  if (auto_close)
    found.push({
      level: "warning",
      check: "auto-close",
      seen: "AUTO_CLOSE is on",
      why: "the database is closed when its last connection goes, and opened anew at the next",
      advice: "alter database ... set auto_close off",
    });
  return found;
}
