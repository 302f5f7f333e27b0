import { setTimeout as pause } from "node:timers/promises";
import { facts } from "../measure/facts.ts";
import { figureOf, goal, type Scenario } from "../measure/scenario.ts";
import { mdbPool } from "../pools/mdb-pool.ts";
import type { ConnectionMaker, PoolContestant } from "../pools/pool-subject.ts";
import { rivalPools } from "../pools/rival-pools.ts";

const contestants = [mdbPool, ...rivalPools];
const names = contestants.map(({ name }) => name);
const ours = "@nsj/mdb";

function contestantOf(name: string): PoolContestant {
  const contestant = contestants.find((it) => it.name === name);
  if (contestant === undefined) throw new Error(`no pool is named ${name}`);
  return contestant;
}

/** A made-up database: slow to connect to, quick to ask. */
class MadeUpDatabase implements ConnectionMaker {
  attempts = 0;
  down = false;
  readonly #connectMs: number;
  readonly #workMs: number;

  constructor(connectMs: number, workMs: number) {
    this.#connectMs = connectMs;
    this.#workMs = workMs;
  }

  async connect() {
    this.attempts++;
    await pause(this.down ? 1 : this.#connectMs);
    if (this.down) throw Object.assign(new Error("nobody listens there"), { code: "ECONNREFUSED" });
    return {
      work: async (): Promise<void> => {
        await pause(this.#workMs);
      },
    };
  }
}

async function spike(name: string): Promise<Record<string, number>> {
  const database = new MadeUpDatabase(150, 2);
  const pool = contestantOf(name).open(database, 50);
  const use = (): Promise<void> => pool.use((connection) => connection.work());
  // Five connections, all of them at rest.
  while (database.attempts < 5) {
    await Promise.all(Array.from({ length: 5 }, () => pool.use(() => pause(170))));
  }
  const before = database.attempts;
  const begun = performance.now();
  await Promise.all(Array.from({ length: 50 }, use));
  const lastMs = performance.now() - begun;
  await pause(200);
  const opened = database.attempts - before;
  await pool.close();
  return { opened, lastMs };
}

async function outage(name: string, callers: number): Promise<Record<string, number>> {
  const database = new MadeUpDatabase(5, 1);
  database.down = true;
  const pool = contestantOf(name).open(database, 10);
  let over = false;
  let served = 0;
  const call = async (): Promise<void> => {
    while (!over) {
      try {
        await pool.use((connection) => connection.work());
        served++;
      } catch {
        // As a service does that answers its own callers with an error.
        await pause(5);
      }
    }
  };
  const callsUntilOver = Array.from({ length: callers }, call);
  await pause(1_000);
  const attempts = database.attempts;
  database.down = false;
  const begun = performance.now();
  while (served === 0 && performance.now() - begun < 40_000) await pause(5);
  const backMs = performance.now() - begun;
  over = true;
  await Promise.all(callsUntilOver);
  await pool.close();
  return { attempts, backMs };
}

export const poolFaults: readonly Scenario[] = [
  facts({
    id: "pool/spike",
    title: "A spike: 50 callers at once on 5 idle connections",
    note: "Connecting takes 150 ms, a statement 2 ms, the pool may hold 50. How many connections it opens, and when the last caller is served.",
    columns: [
      { key: "opened", label: "new connections", digits: 0 },
      { key: "lastMs", label: "last served, ms", digits: 0 },
    ],
    chart: "opened",
    contestants: names,
    times: ({ effort }) => (effort.quick ? 1 : 3),
    ask: spike,
    goals: (results) => [goal("new connections", figureOf(results, ours, "opened"), "at most", 2)],
  }),
  facts({
    id: "pool/down",
    title: "The database is down for a second, then back",
    note: "1 000 callers try again after 5 ms each time they are refused. How often the pool knocks at the dead server within that second, and how soon it serves after.",
    columns: [
      { key: "attempts", label: "attempts in 1 s", digits: 0 },
      { key: "backMs", label: "serves again after, ms", digits: 0 },
    ],
    chart: "attempts",
    contestants: names,
    times: ({ effort }) => (effort.quick ? 1 : 3),
    ask: (name) => outage(name, 1_000),
    goals: (results) => [
      goal("attempts in the first second", figureOf(results, ours, "attempts"), "at most", 8),
      goal("ms until it serves again", figureOf(results, ours, "backMs"), "at most", 5_000),
    ],
  }),
];
