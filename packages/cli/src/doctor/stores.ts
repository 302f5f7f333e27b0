import type { Database } from "@nsj/mdb-core";
import type { Finding, Symptom } from "./finding.ts";
import type { Look } from "./look.ts";
import { rightsOn } from "./store-rights.ts";
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

const grants = "grant select on mdb_store, and select, insert and delete on mdb_decisions";

/** What is known of the application. */
interface StoreFacts {
  /** It has a label that stands for many databases. */
  readonly hasMany: boolean;
  readonly timeoutMs: number;
}

/** The tables in which transactions over several databases write their decision, where the database has them. @param note - is told of a store */
export function storeLook(database: Database, note: (id: string) => void, { hasMany, timeoutMs }: StoreFacts): Look {
  return {
    check: "decisions",
    unknown: "whether decisions of transactions over several databases can be written here, and whether any were left",
    needs: grants,
    find: async () => {
      if (!(await isThere(database, "mdb_store", timeoutMs))) return [];
      const text = 'select id as "id" from mdb_store where slot = 1';
      const id = (await database.queryMaybeOne<{ id: string }>(text, [], { timeoutMs }))?.id;
      if (id === undefined) return [empty];
      note(id);
      const decisions = await rightsOn(database, "mdb_decisions", timeoutMs);
      const members = memberFindings(await rightsOn(database, "mdb_members", timeoutMs), hasMany);
      if (decisions === "missing") return [noTable, ...members];
      const found = [...(decisions === "refused" ? [notGranted] : []), ...members];
      // Whoever may not write them may be one who may not read them either.
      const old = await leftOver(database, timeoutMs).catch((error) => {
        if (decisions === "granted") throw error;
        return [];
      });
      return [...found, ...old];
    },
  };
}

/** The notes of who takes part are written only where one of many databases behind a label does. */
function memberFindings(rights: "granted" | "refused" | "missing", hasMany: boolean): readonly Symptom[] {
  if (rights === "granted") return [];
  const check = "members";
  const isMissing = rights === "missing";
  const seen = isMissing ? "the table mdb_members is not there" : "the user may not write the table mdb_members";
  const advice = isMissing
    ? "run databases.prepareStore(<label>) once more"
    : "grant select, insert and delete on mdb_members";
  if (!hasMany) {
    const why = "it is needed once a tenant with a database of its own takes part in a transaction over several";
    return [{ level: "info", check, seen, why }];
  }
  const why =
    "no transaction over several databases in which a tenant with a database of its own takes part can be decided here";
  return [{ level: "error", check, seen, why, advice }];
}

const empty: Symptom = {
  level: "error",
  check: "decisions",
  seen: "mdb_store has no row",
  why: "no transaction over several databases can be decided here",
  advice: "run databases.prepareStore(<label>) once",
};

const noTable: Symptom = {
  level: "error",
  check: "decisions",
  seen: "the table mdb_decisions is not there, or the user has no right on it",
  why: "no transaction over several databases can be decided here",
  advice: `run databases.prepareStore(<label>) once; ${grants}`,
};

const notGranted: Symptom = {
  level: "error",
  check: "decisions",
  seen: "the user may not write the table mdb_decisions",
  why: "no transaction over several databases can be decided here, and none that was left can be ended",
  advice: grants,
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
