import { facts } from "../measure/facts.ts";
import { figureOf, goal, type Scenario } from "../measure/scenario.ts";
import { runProcess } from "../processes/run-process.ts";
import { watchings, withoutLeaseTimes } from "../seeing/watching.ts";

const columns = [{ key: "cpuMicros", label: "CPU µs", digits: 2 }];
const nobody = "nobody";

/** What watching adds to a statement, in microseconds. */
function added(results: Parameters<typeof figureOf>[0], watched: string, unwatched: string): number {
  return figureOf(results, watched, "cpuMicros") - figureOf(results, unwatched, "cpuMicros");
}

/** Contestants of several subjects: `pg: spans, sampled`. */
const separator = ": ";
const ofPostgres = [
  ...["@nsj/mdb", "pg"].flatMap((name) => watchings.map((it) => `${name}${separator}${it}`)),
  ...["nobody", "all"].map((it) => `knex${separator}${it}`),
];

export const seeingScenarios: readonly Scenario[] = [
  facts({
    id: "seeing/sqlite",
    title: "What OpenTelemetry adds to a statement: SQLite in memory",
    note: "One row by key, of two columns, by @nsj/mdb-opentelemetry with the real SDK and nothing exported. A statement so short that what watching adds can be seen. Each in a process of its own.",
    columns,
    chart: "cpuMicros",
    contestants: [...watchings.slice(0, 2), withoutLeaseTimes, ...watchings.slice(2)],
    times: ({ effort }) => (effort.quick ? 1 : 5),
    ask: (watching, { effort }) =>
      runProcess("seeing.ts", ["sqlite", watching, "", ...(effort.quick ? ["2000", "1"] : ["20000", "15"])]),
    goals: (results) => [
      goal("CPU µs that metrics add to a statement", added(results, "metrics", nobody), "at most", 3),
      goal("CPU µs that they add without leaseTimes", added(results, withoutLeaseTimes, nobody), "at most", 3),
    ],
  }),
  facts({
    id: "seeing/postgres",
    title: "What OpenTelemetry adds to a statement: PostgreSQL, beside instrumentations of others",
    note: "One row by key. `pg` by @opentelemetry/instrumentation-pg, Knex by that and @opentelemetry/instrumentation-knex, in their default settings; these make spans and metrics together. Each in a process of its own.",
    columns,
    chart: "cpuMicros",
    contestants: ofPostgres,
    times: ({ effort }) => (effort.quick ? 1 : 3),
    async ask(contestant, stage) {
      const [name = "", watching = ""] = contestant.split(separator);
      const counts = stage.effort.quick ? ["300", "1"] : ["1000", "9"];
      return runProcess("seeing.ts", [name, watching, await stage.url("postgres"), ...counts], 300_000);
    },
    goals: (results) => [
      goal(
        "CPU µs that spans and metrics add, above what instrumentation-pg adds to pg",
        added(results, "@nsj/mdb: all", "@nsj/mdb: nobody") - added(results, "pg: all", "pg: nobody"),
        "at most",
        0,
      ),
    ],
  }),
];
