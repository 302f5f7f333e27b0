import type { Database } from "@nsj/mdb-core";
import { clockFindings } from "./clock.ts";
import type { Examination, Symptom } from "./finding.ts";

interface Facts {
  readonly version: string;
  readonly flush: number;
  readonly isolation: string;
  readonly read_only: number;
  readonly mode: string;
  readonly charset: string;
  readonly most: number;
  readonly used: number;
  readonly identity: string;
  readonly clock_ms: number;
}

/** Everything in one row. MySQL calls two of these otherwise. */
const facts = (isolation: string): string => `
  select version() as version, @@innodb_flush_log_at_trx_commit as flush, ${isolation} as isolation,
    @@global.read_only as read_only, @@sql_mode as mode, @@character_set_database as charset, @@max_connections as most,
    (select count(*) from information_schema.processlist) as used, concat(@@hostname, ':', @@port) as identity,
    unix_timestamp(now(3)) * 1000 as clock_ms`;

/** Looks at a MariaDB or MySQL. */
export async function examineMariadb(database: Database, timeoutMs: number): Promise<Examination> {
  const before = Date.now();
  const text = facts(database.engine === "mysql" ? "@@transaction_isolation" : "@@tx_isolation");
  const row = await database.queryOne<Facts>(text, [], { name: "mdb doctor", timeoutMs });
  const after = Date.now();
  const most = Number(row.most);
  return {
    symptoms: [
      { level: "info", check: "version", seen: `${database.engine === "mysql" ? "MySQL" : "MariaDB"} ${row.version}` },
      ...durability(Number(row.flush)),
      ...transactions(row),
      ...texts(row),
      ...clockFindings(Number(row.clock_ms), before, after),
    ],
    // The examination's own connection is in the list.
    server: { identity: row.identity, room: most - Math.max(0, Number(row.used) - 1), limit: most },
  };
}

function durability(flush: number): Symptom[] {
  if (flush === 1) return [];
  return [
    {
      level: "warning",
      check: "flush-log",
      seen: `innodb_flush_log_at_trx_commit is ${flush}`,
      why: `what was told to be committed may be gone after a crash of the ${flush === 2 ? "machine" : "server"}`,
      advice: "set it to 1, or accept it knowingly",
    },
  ];
}

function transactions({ isolation, read_only }: Facts): Symptom[] {
  const found: Symptom[] = [];
  if (!/^repeatable-read$|^read-committed$/i.test(isolation))
    found.push({
      level: "warning",
      check: "isolation",
      seen: `transactions are ${isolation.toLowerCase().replace("-", " ")} where nobody says otherwise`,
      why: "what is read may be locked, or was never committed",
    });
  if (Number(read_only) !== 0)
    found.push({ level: "warning", check: "read-only", seen: "the server is read_only", why: "writes are refused" });
  return found;
}

function texts({ mode, charset }: Facts): Symptom[] {
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
