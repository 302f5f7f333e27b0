import { byCallers, oneByOne } from "../measure/callers.ts";
import { expectThat } from "../measure/expect.ts";
import { bestRival, figureOf, goal, type Scenario, type Stage } from "../measure/scenario.ts";
import { type OpenRunner, timed } from "../measure/timed.ts";
import type { PostgresContestant, PostgresOperations } from "../postgres/contestant.ts";
import { peers, sequential } from "../postgres/contestants.ts";
import { mdb, mdbDao, mdbPipelined } from "../postgres/mdb.ts";
import { pgPool } from "../postgres/pg.ts";
import { type Note, type Person, peopleCount } from "../postgres/tables.ts";

type Work = (operations: PostgresOperations, times: number) => Promise<void>;

async function openAll(
  stage: Stage,
  contestants: readonly PostgresContestant[],
  work: Work,
): Promise<readonly OpenRunner[]> {
  const url = await stage.postgresUrl();
  const runners: OpenRunner[] = [];
  for (const { name, open } of contestants) {
    const operations = await open(url);
    runners.push({ name, run: (times) => work(operations, times), close: () => operations.close() });
  }
  return runners;
}

function keyOf(number: number): number {
  return 1 + ((number * 7_919) % peopleCount);
}

function expectPerson(person: Person | undefined, id: number): void {
  const isRight = person?.id === id && person.name === `person ${id}` && person.active === (id % 2 === 0);
  expectThat(isRight && person.created_at instanceof Date, `person ${id}`);
}

const note: Note = { author: 7, title: "a title", body: "some text, as long as a line of a note may be" };

export const postgresSpeed: readonly Scenario[] = [
  timed({
    id: "postgres/one-row",
    title: "PostgreSQL: one row by key, autocommit",
    note: "Six columns, one caller at a time. The baseline is one pg client with query(text, values).",
    baseline: "pg",
    open: (stage) =>
      openAll(stage, [...sequential, mdbDao], (operations, times) =>
        oneByOne(times, async (number) => {
          const id = keyOf(number);
          expectPerson(await operations.person(id), id);
        }),
      ),
    goals: (results) => [
      goal("CPU beside raw pg", figureOf(results, "@nsj/mdb", "cpuRatio"), "at most", 1.1),
      goal("CPU of findById of a DAO beside raw pg", figureOf(results, "@nsj/mdb, DAO", "cpuRatio"), "at most", 1.6),
    ],
  }),
  timed({
    id: "postgres/1000-rows",
    title: "PostgreSQL: 1 000 rows as objects",
    note: "Six columns, one caller at a time. The baseline is one pg client, whose rows are objects too.",
    baseline: "pg",
    open: (stage) =>
      openAll(stage, sequential, (operations, times) =>
        oneByOne(times, async (number) => {
          const after = keyOf(number) % (peopleCount - 1_000);
          const rows = await operations.thousand(after);
          expectThat(rows.length === 1_000, "1 000 rows");
          expectPerson(rows[0], after + 1);
          expectPerson(rows[999], after + 1_000);
        }),
      ),
    goals: (results) => [goal("CPU beside raw pg", figureOf(results, "@nsj/mdb", "cpuRatio"), "at most", 1)],
  }),
  timed({
    id: "postgres/insert-returning",
    title: "PostgreSQL: insert one row, returning its key",
    note: "Three columns, autocommit, one caller at a time.",
    baseline: "pg",
    open: (stage) =>
      openAll(stage, sequential, (operations, times) =>
        oneByOne(times, async () => {
          expectThat((await operations.insert({ ...note })) > 0, "a generated key");
        }),
      ),
    goals: () => [],
  }),
  timed({
    id: "postgres/transaction",
    title: "PostgreSQL: begin, select, commit",
    note: "One row by key inside a transaction, one caller at a time. Wall time: a round trip saved is what counts.",
    baseline: "pg",
    chart: "wallRatio",
    open: (stage) =>
      openAll(stage, sequential, (operations, times) =>
        oneByOne(times, async (number) => {
          const id = keyOf(number);
          expectPerson(await operations.inTransaction(id), id);
        }),
      ),
    goals: (results) => [goal("wall time beside raw pg", figureOf(results, "@nsj/mdb", "wallRatio"), "at most", 0.8)],
  }),
  timed({
    id: "postgres/100-callers",
    title: "PostgreSQL: 100 callers, single statements",
    note: "100 callers at once read one row by key each, over and over; 10 connections, and 2 for the pipelining one.",
    baseline: "pg.Pool",
    chart: "wallRatio",
    atLeast: 200,
    open: (stage) =>
      openAll(stage, [pgPool, mdb, mdbPipelined, ...peers], (operations, times) =>
        byCallers(100, times, async (number) => {
          const id = keyOf(number);
          expectPerson(await operations.person(id), id);
        }),
      ),
    goals: (results) => [
      goal(
        "times the throughput of pg.Pool, with pipelining",
        1 / figureOf(results, "@nsj/mdb, pipelining", "wallRatio"),
        "at least",
        2.5,
      ),
    ],
  }),
  timed({
    id: "postgres/bulk-insert",
    title: "PostgreSQL: bulk insert",
    note: "100 000 rows of three columns (10 000 with --quick) in one transaction; the others by inserts of 10 000 rows each.",
    baseline: "pg",
    chart: "wallRatio",
    exactly: () => 1,
    open: (stage) => {
      const count = stage.effort.quick ? 10_000 : 100_000;
      const notes = Array.from({ length: count }, (_, index) => ({ ...note, author: index }));
      return openAll(
        stage,
        sequential.filter(({ name }) => name !== "pg, named" && name !== "pg.Pool"),
        async (operations) => operations.bulk?.(notes),
      );
    },
    goals: (results) => [
      goal(
        "times as fast as the best peer's multi-row insert",
        bestRival(results, "@nsj/mdb", "wall") / figureOf(results, "@nsj/mdb", "wall"),
        "at least",
        5,
      ),
    ],
  }),
];
