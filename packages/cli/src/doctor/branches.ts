import type { Database } from "@nsj/mdb-core";
import type { Symptom } from "./finding.ts";

/** Transactions that are prepared and wait for their end. */
export interface Prepared {
  readonly prepared: number;
  /** Of these, those of this library. */
  readonly ours: number;
  /** Age of the oldest in seconds; `null` where there is none. */
  readonly oldest_s: number | null;
  /** Sessions that wait for one of them; `null` where that is not known. */
  readonly waiting: number | null;
}

/** Branches of ours are named so by core. Who waits for a prepared transaction waits for process 0. */
const postgresText = `
  select count(*)::int as prepared, extract(epoch from max(clock_timestamp() - prepared))::int as oldest_s,
    count(*) filter (where gid like 'mdb1:%')::int as ours,
    case when pg_has_role('pg_read_all_stats', 'usage') then
      (select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and 0 = any(pg_blocking_pids(pid))) end as waiting
  from pg_prepared_xacts where database = current_database()`;

/** After this time a prepared transaction is no longer one that is just being committed, in seconds. */
const patienceS = 60;

/** What is prepared on a PostgreSQL, in this database. */
export async function postgresBranches(database: Database, timeoutMs: number): Promise<readonly Symptom[]> {
  return branchFindings(await database.queryOne<Prepared>(postgresText, [], { timeoutMs }));
}

/** "mdb1", by which our identifiers are told from those of others. */
const ourFormat = 0x6d646231;

/**
 * What is prepared on a MariaDB or MySQL, in any of its databases, by sessions that are gone: those that live are about to end theirs. Rejects for whoever
 * may not see which is which.
 */
export async function mysqlBranches(database: Database, timeoutMs: number): Promise<readonly Symptom[]> {
  const rows = await database.query<{ formatID: number }>("xa recover", [], { timeoutMs });
  if (rows.length === 0) return [];
  const text =
    "select timestampdiff(second, trx_started, now()) as age from information_schema.innodb_trx where trx_mysql_thread_id = 0";
  const left = await database.query<{ age: number | string }>(text, [], { timeoutMs });
  const ours = rows.filter((it) => Number(it.formatID) === ourFormat).length;
  const oldest_s = Math.max(0, ...left.map(({ age }) => Number(age)));
  return branchFindings({ prepared: left.length, ours: Math.min(ours, left.length), oldest_s, waiting: null });
}

/** What is prepared and waits for its end, of whoever, and what it holds up. */
function branchFindings({ prepared, ours, oldest_s, waiting }: Prepared): readonly Symptom[] {
  if (prepared === 0) return [];
  if ((oldest_s ?? 0) <= patienceS && (waiting ?? 0) === 0) return [];
  const whose = ours === prepared ? "of this library" : ours === 0 ? "of another program" : `${ours} of this library`;
  const waiters = waiting === null ? "" : `, and ${waiting} sessions wait for them`;
  return [
    {
      level: "error",
      check: "in-doubt",
      seen: `${prepared} prepared transactions (${whose}) wait for their end, the oldest for ${oldest_s ?? 0} s${waiters}`,
      why: "they hold their locks, and keep the server from cleaning up",
      advice:
        ours > 0
          ? "let recovery end them: mdb recover with a module that names all databases, or databases.recover()"
          : "find whose they are, and let that program end them",
    },
  ];
}

/** Whether as many transactions can be prepared as the pools of a server may have open. */
export function preparedRoom(limit: number, max: number): readonly Symptom[] {
  const check = "prepared-transactions";
  if (limit === 0) {
    const why =
      "this server cannot take part in an atomic transaction over several databases, unless it is the one that decides";
    return [{ level: "info", check, seen: "max_prepared_transactions is 0", why }];
  }
  if (limit >= max) return [];
  return [
    {
      level: "warning",
      check,
      seen: `max_prepared_transactions is ${limit}, and the pool may have ${max} transactions open`,
      why: "atomic transactions over several databases fail at full load",
      advice: "set it to the sum of the pools of all processes",
    },
  ];
}
