import { bestRival, figureOf, goal, type Scenario } from "../measure/scenario.ts";
import { peers, sequential } from "../postgres/contestants.ts";
import { mdb, mdbDao, mdbPipelined } from "../postgres/mdb.ts";
import { pgClient, pgPool } from "../postgres/pg.ts";
import { serverSpeed } from "./server-speed.ts";

export const postgresSpeed: readonly Scenario[] = serverSpeed({
  server: "postgres",
  title: "PostgreSQL",
  baseline: { name: pgClient.name, note: "one pg client with query(text, values)" },
  sequential,
  oneRow: [mdbDao],
  pools: [pgPool, mdb, mdbPipelined, ...peers],
  poolsNote: "10 connections, and 2 for the pipelining one",
  bulk: [pgClient, mdb, ...peers],
  goals: {
    "one-row": (results) => [
      goal("CPU beside raw pg", figureOf(results, "@nsj/mdb", "cpuRatio"), "at most", 1.1),
      goal("CPU of findById of a DAO beside raw pg", figureOf(results, "@nsj/mdb, DAO", "cpuRatio"), "at most", 1.6),
    ],
    "1000-rows": (results) => [goal("CPU beside raw pg", figureOf(results, "@nsj/mdb", "cpuRatio"), "at most", 1)],
    transaction: (results) => [
      goal("wall time beside raw pg", figureOf(results, "@nsj/mdb", "wallRatio"), "at most", 0.8),
    ],
    "100-callers": (results) => [
      goal(
        "times the throughput of pg.Pool, with pipelining",
        1 / figureOf(results, "@nsj/mdb, pipelining", "wallRatio"),
        "at least",
        2.5,
      ),
    ],
    "bulk-insert": (results) => [
      goal(
        "times as fast as the best peer's multi-row insert",
        bestRival(results, "@nsj/mdb", "wall") / figureOf(results, "@nsj/mdb", "wall"),
        "at least",
        5,
      ),
    ],
  },
});
