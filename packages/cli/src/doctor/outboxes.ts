import { type Database, UndefinedObjectError } from "@nsj/mdb-core";
import { readLanes } from "../outbox/read-outbox.ts";
import type { Symptom } from "./finding.ts";

/** So many messages are no longer what relays take in a moment. */
const worthTelling = 10_000;

/** The outbox by its usual name, where the database has one. */
export async function outboxFindings(database: Database, timeoutMs: number): Promise<Symptom[]> {
  let state: Awaited<ReturnType<typeof readLanes>>;
  try {
    state = await readLanes(database, "mdb_outbox", timeoutMs);
  } catch (error) {
    if (error instanceof UndefinedObjectError) return [];
    throw error;
  }
  const { lanes, dead } = state;
  const waiting = lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  const orphaned = lanes.filter((lane) => lane.waiting > 0 && lane.owner === undefined).length;
  const found: Symptom[] = [];
  if (dead > 0)
    found.push({
      level: "warning",
      check: "outbox-dead",
      seen: `${dead} messages of the outbox were given up`,
      why: "what they were to do has not been done",
      advice: "look at them with mdb outbox <label> --dead, mend the cause, and give them another life with --revive",
    });
  if (waiting >= worthTelling || orphaned > 0)
    found.push({
      level: "warning",
      check: "outbox-backlog",
      seen: `${waiting} messages of the outbox wait, in ${orphaned} lanes without a relay`,
      why: "they are late, or nobody delivers them",
      advice: "start relays, or more of them",
    });
  return found;
}
