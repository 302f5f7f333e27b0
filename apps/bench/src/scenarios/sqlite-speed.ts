import { expectThat } from "../measure/expect.ts";
import { bestRival, figureOf, goal, type Scenario } from "../measure/scenario.ts";
import { type OpenRunner, timed } from "../measure/timed.ts";
import { betterSqlite3 } from "../sqlite/better-sqlite3.ts";
import {
  type Note,
  type Person,
  peopleCount,
  type SqliteContestant,
  type SqliteOperations,
} from "../sqlite/contestant.ts";
import { mdb, mdbDao, mdbTemplate } from "../sqlite/mdb.ts";
import { sqlitePeers } from "../sqlite/peers.ts";
import { createDatabaseFile } from "../sqlite/tables.ts";

/** What is asked, and what the answer to it has to be. */
interface Task<T> {
  ask(operations: SqliteOperations, number: number): T | PromiseLike<T>;
  check(answer: T, number: number): void;
}

/** Every contestant on one file of its own. An answer that is there at once is not waited for. */
async function openAll<T>(
  contestants: readonly SqliteContestant[],
  { ask, check }: Task<T>,
): Promise<readonly OpenRunner[]> {
  const runners: OpenRunner[] = [];
  for (const { name, open } of contestants) {
    const file = await createDatabaseFile();
    const operations = await open(file.filename);
    runners.push({
      name,
      async run(times) {
        for (let number = 0; number < times; number++) {
          const answer = ask(operations, number);
          check(isThenable(answer) ? await answer : answer, number);
        }
      },
      async close() {
        await operations.close();
        await file.remove();
      },
    });
  }
  return runners;
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return value instanceof Promise || (typeof value === "object" && value !== null && "then" in value);
}

function keyOf(number: number): number {
  return 1 + ((number * 7_919) % peopleCount);
}

/** Behind this key there are 1 000 rows. */
function startOf(number: number): number {
  return keyOf(number) % (peopleCount - 1_000);
}

function expectPerson(person: Person | undefined, id: number): void {
  expectThat(person?.id === id && person.age === id % 90 && person.score === id / 4, `person ${id}`);
}

const note: Note = { author: 7, title: "a title", body: "some text, as long as a line of a note may be" };
const everybody = [betterSqlite3, mdb, ...sqlitePeers];

export const sqliteSpeed: readonly Scenario[] = [
  timed({
    id: "sqlite/one-row",
    title: "SQLite: one row by key",
    note: "Five columns. The baseline is better-sqlite3 with a statement that was prepared once.",
    baseline: "better-sqlite3",
    chart: "cpu",
    atLeast: 100,
    open: () =>
      openAll([...everybody, mdbTemplate, mdbDao], {
        ask: (operations, number) => operations.person(keyOf(number)),
        check: (person, number) => expectPerson(person, keyOf(number)),
      }),
    goals: (results) => {
      const ours = figureOf(results, "@nsj/mdb", "cpu");
      const rivals = results.filter(({ contestant }) => contestant !== "better-sqlite3");
      return [
        goal("CPU µs over the cached get()", ours - figureOf(results, "better-sqlite3", "cpu"), "at most", 1),
        goal("beside the fastest peer", ours / bestRival(rivals, "@nsj/mdb", "cpu"), "at most", 1),
      ];
    },
  }),
  timed({
    id: "sqlite/1000-rows",
    title: "SQLite: 1 000 rows as objects",
    note: "Five columns, read at once.",
    baseline: "better-sqlite3",
    open: () =>
      openAll(everybody, {
        ask: (operations, number) => operations.thousand(startOf(number)),
        check(rows, number) {
          expectThat(rows.length === 1_000, "1 000 rows");
          expectPerson(rows[0], startOf(number) + 1);
          expectPerson(rows[999], startOf(number) + 1_000);
        },
      }),
    goals: () => [],
  }),
  timed({
    id: "sqlite/insert-returning",
    title: "SQLite: insert one row, returning its key",
    note: "Three columns, each insert a transaction of its own; journal WAL, synchronous NORMAL for everybody.",
    baseline: "better-sqlite3",
    open: () =>
      openAll(everybody, {
        ask: (operations) => operations.insert({ ...note }),
        check: (id) => expectThat(id > 0, "a generated key"),
      }),
    goals: () => [],
  }),
  timed({
    id: "sqlite/transaction",
    title: "SQLite: begin, insert, select, commit",
    note: "Journal WAL, synchronous NORMAL for everybody.",
    baseline: "better-sqlite3",
    open: () =>
      openAll(everybody, {
        ask: (operations, number) => operations.inTransaction(keyOf(number), { ...note }),
        check: (person, number) => expectPerson(person, keyOf(number)),
      }),
    goals: () => [],
  }),
];
