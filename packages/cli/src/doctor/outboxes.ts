import type { Database } from "@nsj/mdb-core";
import { type OutboxState, readLanes } from "../outbox/read-outbox.ts";
import type { Symptom } from "./finding.ts";
import type { Look } from "./look.ts";
import { isThere } from "./there.ts";

/** So many messages are no longer what relays take in a moment. */
const worthTelling = 10_000;
/** A message that has been due for so long is late, in milliseconds. */
const lateMs = 10 * 60_000;

/** The outbox by its usual name, where the database has one. */
export function outboxLook(database: Database, timeoutMs: number): Look {
  return {
    check: "outbox",
    unknown: "whether messages of an outbox wait, or were given up",
    needs: "grant select on mdb_outbox, mdb_outbox_lanes and mdb_outbox_dead",
    find: async () => {
      if (!(await isThere(database, "mdb_outbox_lanes", timeoutMs))) return [];
      return outboxFindings(await readLanes(database, "mdb_outbox", timeoutMs));
    },
  };
}

function outboxFindings({ lanes, dead }: OutboxState): readonly Symptom[] {
  const waiting = lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  const orphaned = lanes.filter((lane) => lane.waiting > 0 && lane.owner === undefined).length;
  const lagMs = Math.max(0, ...lanes.map((lane) => lane.lagMs));
  const found: Symptom[] = [];
  if (dead > 0)
    found.push({
      level: "warning",
      check: "outbox-dead",
      seen: `${dead} messages of the outbox were given up`,
      why: "what they were to do has not been done",
      advice: "look at them with mdb outbox <label> --dead, mend the cause, and give them another life with --revive",
    });
  if (waiting >= worthTelling || orphaned > 0 || lagMs > lateMs)
    found.push({
      level: "warning",
      check: "outbox-backlog",
      seen: `${waiting} messages of the outbox wait, the oldest has been due for ${Math.round(lagMs / 1_000)} s, and ${orphaned} of their lanes have no relay`,
      why: "they are late, or nobody delivers them",
      advice: "start relays, or more of them; mdb outbox <label> shows which lane is late",
    });
  return found;
}
