import type { DatabaseEntry } from "@nsj/mdb-core";
import { describe } from "vitest";
import { batchCases } from "./batch-cases.ts";
import { eventCases } from "./event-cases.ts";
import { inboxCases } from "./inbox-cases.ts";
import { outboxBeds } from "./outbox-bed.ts";
import { relayCases } from "./relay-cases.ts";
import { writingCases } from "./writing-cases.ts";

/** What every engine has to do the same way. @param entry - called once the servers are up */
export function outboxSuite(engine: string, entry: () => DatabaseEntry): void {
  describe(`the outbox on ${engine}`, () => {
    const fresh = outboxBeds(entry);
    writingCases(fresh);
    relayCases(fresh, entry);
    batchCases(fresh);
    eventCases(fresh);
    inboxCases(fresh);
  });
}
