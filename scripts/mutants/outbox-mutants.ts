import type { Mutant } from "./mutant.ts";

const outbox = "packages/outbox/src";
const suite = "packages/outbox/test/sqlite.test.ts";

/** Faults of the outbox and the inbox. */
export const outboxMutants: readonly Mutant[] = [
  {
    fault: "a relay that lives looks dead to the others, and its messages are handed over twice",
    file: `${outbox}/lanes.ts`,
    text: " set beat = beat + 1 where owner",
    replacement: " set beat = beat where owner",
    noticedBy: [suite],
  },
  {
    fault: "a relay that comes later never gets a lane",
    file: `${outbox}/lanes.ts`,
    text: "    await this.#beSeen(rows);",
    replacement: "",
    noticedBy: [suite],
  },
  {
    fault: "a message overtakes one of its key that has failed",
    file: `${outbox}/lane-worker.ts`,
    text: `        if (options.order === "key" && message.key !== undefined) heldUp.add(message.key);`,
    replacement: "",
    noticedBy: [suite],
  },
  {
    fault: "a message that comes again is applied again",
    file: `${outbox}/inbox.ts`,
    text: "    if (known !== undefined) return false;",
    replacement: "",
    noticedBy: [suite],
  },
  {
    fault: "the second of two requests with one key gets an error instead of the first one's answer",
    file: `${outbox}/inbox.ts`,
    text: "      if (error instanceof UniqueViolationError) throw new Taken();",
    replacement: "",
    noticedBy: ["packages/outbox/test/idempotency/fastify.test.ts"],
  },
];
