import { facts } from "../measure/facts.ts";
import { figureOf, goal, type Scenario, type ServerName } from "../measure/scenario.ts";
import { loadable } from "../processes/find-contestant.ts";
import { runProcess } from "../processes/run-process.ts";
import { streamersOf } from "../processes/streams.ts";

const ours = "@nsj/mdb";
const fewRows = 10_000;

function streamScenario(server: ServerName, title: string, how: string): Scenario {
  const contestants = streamersOf(server);
  const [driver = ""] = contestants;
  return facts({
    id: `${server}/stream`,
    title: `${title}: a stream of 1 000 000 rows`,
    note: `100 000 with --quick. ${how}, each contestant in a process of its own. Live memory is what a collection leaves, looked at ten times on the way; flat means that it does not grow from 10 000 rows on.`,
    columns: [
      { key: "cpuMicros", label: "CPU µs/row", digits: 2 },
      { key: "liveMb", label: "live MB", digits: 1 },
      { key: "growthMb", label: "more than for 10 000 rows, MB", digits: 1 },
      { key: "peakMb", label: "peak of the process, MB", digits: 0 },
    ],
    chart: "cpuMicros",
    contestants,
    times: ({ effort }) => (effort.quick ? 1 : 5),
    async ask(contestant, stage) {
      const url = await stage.url(server);
      const many = stage.effort.quick ? 100_000 : 1_000_000;
      const small = await runProcess("stream.ts", [server, contestant, url, String(fewRows)]);
      const large = await runProcess("stream.ts", [server, contestant, url, String(many)]);
      return { ...large, growthMb: (large["liveMb"] ?? 0) - (small["liveMb"] ?? 0) };
    },
    goals: (results) => [
      goal(
        "CPU beside the driver's own stream",
        figureOf(results, ours, "cpuMicros") / figureOf(results, driver, "cpuMicros"),
        "at most",
        1.15,
      ),
      goal("MB more than for 10 000 rows", figureOf(results, ours, "growthMb"), "at most", 1),
    ],
  });
}

export const processScenarios: readonly Scenario[] = [
  streamScenario("postgres", "PostgreSQL", "Three columns, 500 rows in each round trip"),
  streamScenario("mariadb", "MariaDB", "Three columns; the server sends as fast as they are taken"),
  facts({
    id: "process/first-query",
    title: "From the start of a process to its first row",
    note: "Node starts, the library is imported, connects to PostgreSQL and reads one row.",
    columns: [
      { key: "importedMs", label: "imported after, ms", digits: 0 },
      { key: "firstMs", label: "first row after, ms", digits: 0 },
    ],
    chart: "firstMs",
    contestants: loadable,
    times: ({ effort }) => (effort.quick ? 1 : 9),
    ask: async (contestant, stage) => runProcess("first-query.ts", [contestant, await stage.url("postgres")]),
    goals: () => [],
  }),
  facts({
    id: "process/idle",
    title: "An idle pool",
    note: "Ten connections at rest. Processor time for each second of doing nothing, and for how long a process lives on that has nothing more to do and closes nothing; 15 s (2 s with --quick) is as long as anybody waits.",
    columns: [
      { key: "cpuMillis", label: "CPU ms each second", digits: 2 },
      { key: "lingersMs", label: "lives on, ms", digits: 0 },
    ],
    chart: "cpuMillis",
    contestants: [ours, "pg.Pool", "postgres.js", "Knex"],
    times: ({ effort }) => (effort.quick ? 1 : 2),
    async ask(contestant, stage) {
      const { quick } = stage.effort;
      const idleMs = quick ? 500 : 3_000;
      const patienceMs = quick ? 2_000 : 15_000;
      const {
        cpuMillis = 0,
        ranMs = 0,
        processMs,
      } = await runProcess("idle.ts", [contestant, await stage.url("postgres"), String(idleMs)], idleMs + patienceMs);
      return { cpuMillis, lingersMs: Math.max(0, processMs - ranMs) };
    },
    goals: () => [],
  }),
];
