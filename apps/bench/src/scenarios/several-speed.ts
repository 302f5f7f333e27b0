import { facts } from "../measure/facts.ts";
import { figureOf, goal, type Scenario } from "../measure/scenario.ts";
import { timed } from "../measure/timed.ts";
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

export const severalSpeed: readonly Scenario[] = [
  timed({
    id: "several/commit",
    title: "Two databases: one row in each",
    note: "Two PostgreSQL with fsync, one caller. The baseline commits one after the other, and tears what a crash comes between.",
    baseline,
    chart: "wallRatio",
    open: openWays,
    goals: (results) => [
      goal("atomic beside two plain commits", figureOf(results, "atomic", "wallRatio"), "at most", 1.6),
      goal(
        "spanning with one writer beside one database",
        figureOf(results, "atomic, one has written", "wall") / figureOf(results, "one database", "wall"),
        "at most",
        1.1,
      ),
    ],
  }),
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
