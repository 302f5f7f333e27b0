import { byCallers, oneByOne } from "../measure/callers.ts";
import { expectThat } from "../measure/expect.ts";
import type { ContestantResult, GoalOutcome, Scenario, ServerName, Stage } from "../measure/scenario.ts";
import { type OpenRunner, type TimedScenario, timed } from "../measure/timed.ts";
import type { ServerContestant, ServerOperations } from "../servers/contestant.ts";
import { momentOf, type Note, type Person, peopleCount } from "../servers/rows.ts";

type Part = "one-row" | "1000-rows" | "insert-returning" | "transaction" | "100-callers" | "bulk-insert";

/** One server, and who talks to it. */
export interface ServerGroup {
  readonly server: ServerName;
  /** The server's name in titles. */
  readonly title: string;
  /** The contestant that the ratios are made to, and what it is. */
  readonly baseline: { readonly name: string; readonly note: string };
  /** Who works for one caller at a time. */
  readonly sequential: readonly ServerContestant[];
  /** Who else reads one row. */
  readonly oneRow: readonly ServerContestant[];
  /** Who works for many callers; the first one is the baseline. */
  readonly pools: readonly ServerContestant[];
  /** What else is to be said of the pools. */
  readonly poolsNote: string;
  readonly bulk: readonly ServerContestant[];
  readonly goals: Partial<Record<Part, (results: readonly ContestantResult[]) => readonly GoalOutcome[]>>;
}

type Work = (operations: ServerOperations, times: number) => Promise<void>;

function keyOf(number: number): number {
  return 1 + ((number * 7_919) % peopleCount);
}

function expectPerson(person: Person | undefined, id: number): void {
  const isRight = person?.id === id && person.name === `person ${id}` && Boolean(person.active) === (id % 2 === 0);
  expectThat(isRight && person.created_at instanceof Date && +person.created_at === momentOf(id), `person ${id}`);
}

const note: Note = { author: 7, title: "a title", body: "some text, as long as a line of a note may be" };

/** The scenarios that every server has. */
export function serverSpeed(group: ServerGroup): readonly Scenario[] {
  const { server, title, baseline, sequential, oneRow, pools, poolsNote, bulk, goals } = group;
  const openAll = async (
    stage: Stage,
    contestants: readonly ServerContestant[],
    work: Work,
  ): Promise<readonly OpenRunner[]> => {
    const url = await stage.url(server);
    const runners: OpenRunner[] = [];
    for (const { name, open } of contestants) {
      const operations = await open(url);
      runners.push({ name, run: (times) => work(operations, times), close: () => operations.close() });
    }
    return runners;
  };
  const part = (id: Part, rest: Omit<TimedScenario, "id" | "baseline" | "goals">, base = baseline.name): Scenario =>
    timed({
      ...rest,
      id: `${server}/${id}`,
      title: `${title}: ${rest.title}`,
      baseline: base,
      goals: goals[id] ?? (() => []),
    });
  return [
    part("one-row", {
      title: "one row by key, autocommit",
      note: `Six columns, one caller at a time. The baseline is ${baseline.note}.`,
      open: (stage) =>
        openAll(stage, [...sequential, ...oneRow], (operations, times) =>
          oneByOne(times, async (number) => {
            const id = keyOf(number);
            expectPerson(await operations.person(id), id);
          }),
        ),
    }),
    part("1000-rows", {
      title: "1 000 rows as objects",
      note: `Six columns, one of them a moment, one caller at a time. The baseline is ${baseline.note}, whose rows are objects too.`,
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
    }),
    part("insert-returning", {
      title: "insert one row, returning its key",
      note: "Three columns, autocommit, one caller at a time.",
      open: (stage) =>
        openAll(stage, sequential, (operations, times) =>
          oneByOne(times, async () => {
            expectThat((await operations.insert({ ...note })) > 0, "a generated key");
          }),
        ),
    }),
    part("transaction", {
      title: "begin, select, commit",
      note: "One row by key inside a transaction, one caller at a time. Wall time: a round trip saved is what counts.",
      chart: "wallRatio",
      open: (stage) =>
        openAll(stage, sequential, (operations, times) =>
          oneByOne(times, async (number) => {
            const id = keyOf(number);
            expectPerson(await operations.inTransaction(id), id);
          }),
        ),
    }),
    part(
      "100-callers",
      {
        title: "100 callers, single statements",
        note: `100 callers at once read one row by key each, over and over; ${poolsNote}.`,
        chart: "wallRatio",
        atLeast: 200,
        open: (stage) =>
          openAll(stage, pools, (operations, times) =>
            byCallers(100, times, async (number) => {
              const id = keyOf(number);
              expectPerson(await operations.person(id), id);
            }),
          ),
      },
      pools[0]?.name,
    ),
    part("bulk-insert", {
      title: "bulk insert",
      note: "100 000 rows of three columns (10 000 with --quick) in one transaction; the others by inserts of 10 000 rows each.",
      chart: "wallRatio",
      exactly: () => 1,
      open: (stage) => {
        const count = stage.effort.quick ? 10_000 : 100_000;
        const notes = Array.from({ length: count }, (_, index) => ({ ...note, author: index }));
        return openAll(stage, bulk, async (operations) => operations.bulk?.(notes));
      },
    }),
  ];
}
