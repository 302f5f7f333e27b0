import { type Database, PermissionError } from "@nsj/mdb-core";
import type { Finding, Symptom } from "./finding.ts";
import type { Look } from "./look.ts";
import { isThere } from "./there.ts";

/** What was found of the store of decisions in one database. */
export interface FoundStore {
  readonly label: string;
  readonly id: string;
  /** Where it is, as far as that is known. */
  readonly place: string | undefined;
}

/** Twice as long as a manager keeps decisions where it is not told to keep them longer, in milliseconds. */
const oldMs = 2 * 7 * 24 * 3_600_000;

/** The texts that find out whether the user may write decisions, without writing one. They reject, or give 0, where he may not. */
const rightsText: Readonly<Record<string, string>> = {
  postgres:
    "select (has_table_privilege('mdb_decisions', 'insert') and has_table_privilege('mdb_decisions', 'delete') and has_table_privilege('mdb_decisions', 'select'))::int as may",
  mssql:
    "select has_perms_by_name('mdb_decisions', 'OBJECT', 'INSERT') * has_perms_by_name('mdb_decisions', 'OBJECT', 'DELETE') * has_perms_by_name('mdb_decisions', 'OBJECT', 'SELECT') as may",
  // A statement is explained to those only who may run it.
  mariadb:
    "explain insert into mdb_decisions (id, outcome, branches) select id, 'R', '[]' from mdb_store where slot = 0",
  mysql: "explain insert into mdb_decisions (id, outcome, branches) select id, 'R', '[]' from mdb_store where slot = 0",
};

/** The tables in which transactions over several databases write their decision, where the database has them. @param note - is told of a store */
export function storeLook(database: Database, note: (id: string) => void, timeoutMs: number): Look {
  return {
    check: "decisions",
    unknown: "whether decisions of transactions over several databases can be written here, and whether any were left",
    needs: "grant select on mdb_store, and select, insert and delete on mdb_decisions",
    find: async () => {
      if (!(await isThere(database, "mdb_store", timeoutMs))) return [];
      const text = 'select id as "id" from mdb_store where slot = 1';
      const id = (await database.queryMaybeOne<{ id: string }>(text, [], { timeoutMs }))?.id;
      if (id === undefined) return [empty];
      note(id);
      return [...(await rights(database, timeoutMs)), ...(await leftOver(database, timeoutMs))];
    },
  };
}

const empty: Symptom = {
  level: "error",
  check: "decisions",
  seen: "mdb_store has no row",
  why: "no transaction over several databases can be decided here",
  advice: "run databases.prepareStore(<label>) once",
};

async function rights(database: Database, timeoutMs: number): Promise<readonly Symptom[]> {
  const text = rightsText[database.engine];
  if (text === undefined) return [];
  try {
    const [row] = await database.query<{ may?: number }>(text, [], { timeoutMs });
    return row?.may === 0 ? [notGranted] : [];
  } catch (error) {
    if (error instanceof PermissionError) return [notGranted];
    throw error;
  }
}

const notGranted: Symptom = {
  level: "error",
  check: "decisions",
  seen: "the user may not write the table mdb_decisions",
  why: "no transaction over several databases can be decided here, and none that was left can be ended",
  advice: "grant select on mdb_store, and select, insert and delete on mdb_decisions",
};

async function leftOver(database: Database, timeoutMs: number): Promise<readonly Symptom[]> {
  const text = 'select count(*) as "kept", min(decided_at) as "oldest", current_timestamp as "now" from mdb_decisions';
  const row = await database.queryOne<{ kept: number | string; oldest: unknown; now: unknown }>(text, [], {
    timeoutMs,
  });
  const ageMs = momentMs(row.now) - momentMs(row.oldest);
  if (!(ageMs > oldMs)) return [];
  return [
    {
      level: "warning",
      check: "decisions",
      seen: `mdb_decisions has ${Number(row.kept)} rows, the oldest ${Math.floor(ageMs / 86_400_000)} days old`,
      why: "they are forgotten after a week (or recovery's retentionMs), once every database of theirs was asked: some were not, and may still have a branch prepared",
      advice: "let a process recover that names all of these databases: mdb in-doubt, mdb recover",
    },
  ];
}

/** Zones are left out: they make hours of difference, and days count. */
function momentMs(value: unknown): number {
  if (value === null || value === undefined) return Number.NaN;
  if (value instanceof Date) return value.getTime();
  return Date.parse(`${String(value).slice(0, 19).replace(" ", "T")}Z`);
}

/** Stores of one name in different databases: one is a copy of the other. */
export function copiedStores(stores: readonly FoundStore[]): readonly Finding[] {
  return [...Map.groupBy(stores, ({ id }) => id).values()].flatMap((same): readonly Finding[] => {
    const places = new Set(same.map(({ place }) => place));
    if (places.size < 2 || places.has(undefined)) return [];
    return [
      {
        level: "error",
        database: same.map(({ label }) => label).join(", "),
        check: "decisions",
        seen: "the stores of decisions of different databases have one name: one was copied from the other",
        why: "a branch may be ended by the decisions of the wrong database",
        advice:
          "give the copy a name of its own: delete the rows of its mdb_store and mdb_decisions, and prepare the store again",
      },
    ];
  });
}
