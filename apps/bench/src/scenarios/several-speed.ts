import { facts } from "../measure/facts.ts";
import { figureOf, goal, type Scenario } from "../measure/scenario.ts";
import { timed } from "../measure/timed.ts";
import { slowDisk } from "../several/durable-databases.ts";
import { closeOutboxes, outboxRate } from "../several/outbox-rate.ts";
import { openWays } from "../several/ways-to-commit.ts";

const baseline = "one commit after the other";
const batches = new Map([1, 10, 100, 500].map((size) => [`batches of ${size}`, size]));

const outboxes = facts({
  id: "several/outbox",
  title: "Outbox to inbox: messages a second by batch size",
  note: "Two PostgreSQL with fsync, one key and so one lane, one relay; each message is applied once.",
  columns: [{ key: "rate", label: "messages/s", digits: 0 }],
  chart: "rate",
  contestants: [...batches.keys()],
  times: ({ effort }) => (effort.quick ? 1 : 3),
  async ask(name, { effort }) {
    const size = batches.get(name) ?? 1;
    const count = effort.quick ? 20 : size === 1 ? 200 : 2_000;
    return { rate: await outboxRate(size, count) };
  },
  goals: (results) => [
    goal(
      "batches of 100 beside one by one",
      figureOf(results, "batches of 100", "rate") / figureOf(results, "batches of 1", "rate"),
      "at least",
      10,
    ),
  ],
});

/** Beside the same statements by hand, and beside what has the same limits. */
const pairs = [
  ["spanning with one writer beside one database", "atomic, one has written", "one database"],
  [
    "the same beside one database with the same limits",
    "atomic, one has written",
    "one database, with its limit and its fate",
  ],
  [
    "one writer and a reader beside the same statements by hand",
    "atomic, one has written, one was read",
    "one database, and a read of the other",
  ],
] as const;

/** @param settings - of both servers */
function commits(id: string, title: string, note: string, settings?: readonly string[]): Scenario {
  return timed({
    id,
    title,
    note: `Two PostgreSQL with fsync, one caller. The baseline commits one after the other, and tears what a crash comes between. ${note}`,
    baseline,
    chart: "wallRatio",
    open: () => openWays(settings),
    goals: (results) => [
      goal("atomic beside two plain commits", figureOf(results, "atomic", "wallRatio"), "at most", 1.6),
      ...pairs.map(([says, ours, plain]) =>
        goal(says, figureOf(results, ours, "wall") / figureOf(results, plain, "wall"), "at most", 1.1),
      ),
    ],
  });
}

export const severalSpeed: readonly Scenario[] = [
  commits("several/commit", "Two databases: one row in each", "The disk is the machine's own."),
  commits(
    "several/commit-slow-disk",
    "Two databases: one row in each, on a disk whose flush takes 2 ms",
    "The servers wait 2 ms before each flush of their logs (`commit_delay = 2000`, `commit_siblings = 0`), which holds for `PREPARE TRANSACTION` and `COMMIT PREPARED` as for `COMMIT`.",
    slowDisk,
  ),
  {
    ...outboxes,
    async run(stage) {
      try {
        return await outboxes.run(stage);
      } finally {
        await closeOutboxes();
      }
    },
  },
];
