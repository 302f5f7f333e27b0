import {
  bestRival,
  type ContestantResult,
  figureOf,
  type GoalOutcome,
  goal,
  type Scenario,
} from "../measure/scenario.ts";
import { timed } from "../measure/timed.ts";
import { bareQueue } from "../pools/bare-queue.ts";
import { awaitedMdbPool, mdbPool } from "../pools/mdb-pool.ts";
import { instantMaker, type PoolSubject } from "../pools/pool-subject.ts";
import { rivalPools } from "../pools/rival-pools.ts";

const max = 10;

function poolScenario(
  id: string,
  title: string,
  note: string,
  atLeast: number,
  limitMicros: number,
  run: (pool: PoolSubject, operations: number) => Promise<void>,
): Scenario {
  return timed({
    id: `pool/${id}`,
    title,
    note,
    baseline: "lightning-pool",
    chart: "cpu",
    atLeast,
    async open() {
      const contestants = [mdbPool, awaitedMdbPool, ...rivalPools, bareQueue];
      return contestants.map(({ name, open }) => {
        const pool = open(instantMaker, max);
        return { name, run: (operations: number) => run(pool, operations), close: () => pool.close() };
      });
    },
    goals: (results) => poolGoals(results, limitMicros),
  });
}

function poolGoals(results: readonly ContestantResult[], limitMicros: number): readonly GoalOutcome[] {
  const ours = figureOf(results, "@nsj/mdb", "cpu");
  const pools = results.filter(({ contestant }) => contestant !== bareQueue.name);
  return [
    goal("CPU µs for acquire and release", ours, "at most", limitMicros),
    goal("times as fast as the best other pool", bestRival(pools, "@nsj/mdb", "cpu") / ours, "at least", 3),
  ];
}

export const poolSpeed: readonly Scenario[] = [
  poolScenario(
    "uncontended",
    "Acquire and release, one caller",
    "A connection is taken and given back at once, in a loop. No database: what the pool itself costs.",
    1_000,
    0.5,
    (pool, operations) => pool.cycle(operations),
  ),
  poolScenario(
    "100-callers",
    "Acquire and release, 100 callers on 10 connections",
    "Each caller holds its connection for one turn of the microtask queue, so that 90 always wait.",
    1_000,
    1.5,
    (pool, operations) => pool.contend(100, operations),
  ),
  poolScenario(
    "1000-callers",
    "Acquire and release, 1 000 callers on 10 connections",
    "Each caller holds its connection for one turn of the microtask queue, so that 990 always wait.",
    10_000,
    2,
    (pool, operations) => pool.contend(1_000, operations),
  ),
];
