import type { Database } from "@nsj/mdb-core";
import type { Symptom } from "./finding.ts";

interface BranchFacts {
  readonly prepared: number;
  readonly oldest_s: number | null;
  readonly ours: number;
  readonly waiting: number;
}

/** Branches of ours are named so by core. Who waits for a prepared transaction waits for process 0. */
const branchFacts = `
  select count(*)::int as prepared, extract(epoch from max(clock_timestamp() - prepared))::int as oldest_s,
    count(*) filter (where gid like 'mdb%')::int as ours,
    (select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and 0 = any(pg_blocking_pids(pid))) as waiting
  from pg_prepared_xacts`;

/** After this time a prepared transaction is no longer one that is just being committed, in seconds. */
const patienceS = 60;

/** What is prepared and waits for its end, of whoever, and what it holds up. */
export async function branchFindings(database: Database, timeoutMs: number): Promise<Symptom[]> {
  const facts = await database.queryOne<BranchFacts>(branchFacts, [], { timeoutMs });
  const { prepared, oldest_s, ours, waiting } = facts;
  if (prepared === 0 || (waiting === 0 && (oldest_s ?? 0) <= patienceS)) return [];
  const whose = ours === prepared ? "of this library" : ours === 0 ? "of another program" : `${ours} of this library`;
  return [
    {
      level: "error",
      check: "in-doubt",
      seen: `${prepared} prepared transactions (${whose}) wait for their end, the oldest for ${oldest_s ?? 0} s, and ${waiting} sessions wait for them`,
      why: "they hold their locks and keep vacuum from cleaning up",
      advice:
        ours > 0
          ? "let recovery end them: databases.recover(), or a process that has connected all labels"
          : "find whose they are (pg_prepared_xacts), and let that program end them",
    },
  ];
}

/** Whether as many transactions can be prepared as the pools of a server may have open. */
export function preparedRoom(limit: number, max: number): Symptom[] {
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
