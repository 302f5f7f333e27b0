import { peers, sequential } from "../mariadb/contestants.ts";
import { mdb, mdbDao } from "../mariadb/mdb.ts";
import { mysql2Pool, mysql2Prepared } from "../mariadb/mysql2.ts";
import { bestOf, type ContestantResult, figureOf, type GoalOutcome, goal, type Scenario } from "../measure/scenario.ts";
import { serverSpeed } from "./server-speed.ts";

const libraries = peers.map(({ name }) => name);

function beforeLibraries(results: readonly ContestantResult[], key: "cpu" | "wall"): GoalOutcome {
  const ratio = figureOf(results, "@nsj/mdb", key) / bestOf(results, libraries, key);
  return goal(`${key === "cpu" ? "CPU" : "wall time"} beside the first of the libraries`, ratio, "at most", 1);
}

function besideRaw(results: readonly ContestantResult[], limit: number): GoalOutcome {
  return goal("CPU beside raw mysql2", figureOf(results, "@nsj/mdb", "cpuRatio"), "at most", limit);
}

export const mariadbSpeed: readonly Scenario[] = serverSpeed({
  server: "mariadb",
  title: "MariaDB",
  baseline: { name: mysql2Prepared.name, note: "one connection of mysql2 with prepared statements" },
  sequential,
  oneRow: [mdbDao],
  pools: [mysql2Pool, mdb, ...peers],
  poolsNote: "10 connections",
  bulk: [mysql2Prepared, mdb, ...peers],
  goals: {
    "one-row": (results) => [besideRaw(results, 1.1), beforeLibraries(results, "cpu")],
    "1000-rows": (results) => [besideRaw(results, 1), beforeLibraries(results, "cpu")],
    "insert-returning": (results) => [beforeLibraries(results, "cpu")],
    transaction: (results) => [beforeLibraries(results, "wall")],
    "100-callers": (results) => [beforeLibraries(results, "wall")],
    "bulk-insert": (results) => [beforeLibraries(results, "wall")],
  },
});
