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
    text: "    if (!fresh.has(id)) return false;",
    replacement: "",
    noticedBy: [suite],
  },
  {
    fault: "a message that comes again in a batch is applied again",
    file: `${outbox}/to-database.ts`,
    text: "          messages.filter(({ id }) => fresh.has(id)),",
    replacement: "          messages,",
    noticedBy: [suite],
  },
  {
    fault: "where an engine cannot leave out what an inbox has, what is new in a batch is not remembered",
    file: `${outbox}/remember.ts`,
    text: "  const news = ids.filter((id) => !known.has(id));",
    replacement: "  const news = ids.filter((id) => known.has(id));",
    noticedBy: ["packages/outbox/test/mssql.test.ts"],
  },
  {
    fault: "a relay that takes a lane over lets messages pass one of their key that waits for its next attempt",
    file: `${outbox}/lane-messages.ts`,
    text: "      until = Number(latest ?? 0);",
    replacement: "      until = 0;",
    noticedBy: [suite],
  },
  {
    fault: "a message that is written later passes one of its key that this relay has put off",
    file: `${outbox}/lane-worker.ts`,
    text: "    messages.expect(held, notBefore);",
    replacement: "",
    noticedBy: [suite],
  },
  {
    fault: "a long backlog is read once for each of its messages, until the relay has no time left to read any",
    file: `${outbox}/lane-messages.ts`,
    text: "where b.lane = :lane and b.attempts > 0",
    replacement: "where b.lane = :lane and b.id < m.id and b.attempts > 0",
    noticedBy: ["packages/outbox/test/backlog.test.ts"],
  },
  {
    fault: "a relay removes messages of a lane that is another's by now (PostgreSQL)",
    file: `${outbox}/lane-changes.ts`,
    text: " and lane in (select lane from held)",
    replacement: "",
    noticedBy: ["packages/outbox/test/postgres.test.ts"],
  },
  {
    fault: "a relay removes messages of a lane that is another's by now (the other engines)",
    file: `${outbox}/lane-changes.ts`,
    text: " and l.fence = ",
    replacement: " and 0 <= ",
    noticedBy: [suite],
  },
  {
    fault: "a relay looks once more for each message that its own process has written",
    file: `${outbox}/listener.ts`,
    text: " || payload === this.#own",
    replacement: "",
    noticedBy: ["packages/outbox/test/waking.test.ts"],
  },
  {
    fault: "the connection on which a relay listens is reported as lost, or taken away",
    file: `${outbox}/listener.ts`,
    text: "this.#database.longestHoldMs * renewAt",
    replacement: "45_000",
    noticedBy: ["packages/outbox/test/waking.test.ts"],
  },
  {
    fault: "messages that another process has committed are never found",
    file: `${outbox}/relay.ts`,
    text: "        if (unknown.length > 0) this.#due.add(await this.#messages.dueIn(unknown));",
    replacement: "",
    noticedBy: [suite],
  },
  {
    fault: "the second of two requests with one key gets an error instead of the first one's answer",
    file: `${outbox}/inbox.ts`,
    text: "      if (taken.some((it) => error instanceof it)) throw new Taken();",
    replacement: "",
    noticedBy: ["packages/outbox/test/idempotency/fastify.test.ts"],
  },
  {
    fault: "ids that differ by their case only are one to the inbox on MariaDB",
    file: `${outbox}/stored-text.ts`,
    text: "  return plain.test(text) ?",
    replacement: "  return text !== undefined ?",
    noticedBy: ["packages/outbox/test/mysql.test.ts"],
  },
];
