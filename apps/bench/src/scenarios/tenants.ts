import { facts } from "../measure/facts.ts";
import { type ContestantResult, figureOf, goal, type Scenario } from "../measure/scenario.ts";
import { runProcess } from "../processes/run-process.ts";

const ours = "one label of tenants";

export const tenantScenarios: readonly Scenario[] = [
  facts({
    id: "tenants/memory",
    title: "10 000 tenants known, 1 000 open, 200 connections",
    note: "2 000, 300 and 40 with --quick. PostgreSQL, a pool for each tenant; each contestant in a process of its own, live memory after a collection. A label each is what there was before: 10 000 labels, all open.",
    columns: [
      { key: "totalMib", label: "all of it, MiB", digits: 1 },
      { key: "openKib", label: "open, no connection, KiB", digits: 1 },
      { key: "connectionKib", label: "more with a connection and a statement, KiB", digits: 1 },
      { key: "leftBytes", label: "left of one that was looked up and closed, B", digits: 0 },
      { key: "usedBytes", label: "left of one that was used and closed, B", digits: 0 },
      { key: "unknownBytes", label: "an id remembered as unknown, B", digits: 0 },
      { key: "unknownMicros", label: "its refusal, µs", digits: 1 },
    ],
    chart: "totalMib",
    contestants: [ours, "a label each"],
    times: ({ effort }) => (effort.quick ? 1 : 3),
    async ask(contestant, stage) {
      const counts = stage.effort.quick ? ["2000", "300", "40"] : ["10000", "1000", "200"];
      return runProcess("tenants-memory.ts", [contestant, await stage.url("postgres"), ...counts]);
    },
    goals: (results) => [
      goal("MiB for all of it", figureOf(results, ours, "totalMib"), "at most", 25),
      goal("KiB for an open tenant without a connection", figureOf(results, ours, "openKib"), "at most", 9),
      goal("KiB more with a connection and a statement", figureOf(results, ours, "connectionKib"), "at most", 53),
      goal("B left of a tenant that was looked up and closed", figureOf(results, ours, "leftBytes"), "at most", 1_024),
      goal("B left of a tenant that was used and closed", figureOf(results, ours, "usedBytes"), "at most", 100),
      goal("B for an id that is remembered as unknown", figureOf(results, ours, "unknownBytes"), "at most", 150),
      goal("µs to refuse an id that is remembered as unknown", figureOf(results, ours, "unknownMicros"), "at most", 20),
    ],
  }),
  facts({
    id: "tenants/speed",
    title: "A call of a tenant beside one of a label",
    note: "Open: a read of one of 100 databases in memory (SQLite), each time of another one; a tenant's call has its scope and its look-up on top. First: the first read of a PostgreSQL that nobody has used, with its connect; each contestant in processes of its own.",
    columns: [
      { key: "openMicros", label: "of one that is open, µs", digits: 2 },
      { key: "firstMs", label: "the first, ms", digits: 2 },
    ],
    chart: "openMicros",
    contestants: [ours, "a label each"],
    times: ({ effort }) => (effort.quick ? 1 : 9),
    async ask(contestant, stage) {
      const counts = stage.effort.quick ? ["20000", "20"] : ["200000", "100"];
      return runProcess("tenants-speed.ts", [contestant, await stage.url("postgres"), ...counts]);
    },
    goals: (results) => [
      goal("µs more for scope and look-up", more(results, "openMicros"), "at most", 2),
      goal("ms more for the first use of a cold tenant", more(results, "firstMs"), "at most", 1),
    ],
  }),
];

function more(results: readonly ContestantResult[], key: string): number {
  return figureOf(results, ours, key) - figureOf(results, "a label each", key);
}
