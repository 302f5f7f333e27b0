import { expectThat } from "./expect.ts";
import type { Column, ContestantResult, GoalOutcome, Scenario, Stage } from "./scenario.ts";
import { summarize } from "./statistics.ts";

/** What a scenario of facts consists of: figures that are counted, or measured in a process of their own. */
export interface FactScenario {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly columns: readonly Column[];
  readonly chart: string;
  readonly contestants: readonly string[];
  /** How often each contestant is asked; in turns, every other time in reversed order. */
  times(stage: Stage): number;
  ask(contestant: string, stage: Stage): Promise<Readonly<Record<string, number>>>;
  goals(results: readonly ContestantResult[]): readonly GoalOutcome[];
}

/** A scenario whose contestants are asked for figures in turns. */
export function facts(scenario: FactScenario): Scenario {
  const { id, title, note, columns, chart, contestants } = scenario;
  return {
    id,
    async run(stage) {
      const answers = new Map<string, Readonly<Record<string, number>>[]>(contestants.map((name) => [name, []]));
      const times = scenario.times(stage);
      for (let time = 0; time < times; time++) {
        for (const name of time % 2 === 0 ? contestants : contestants.toReversed()) {
          stage.report(`${time + 1} of ${times}: ${name}`);
          answers.get(name)?.push(await scenario.ask(name, stage));
        }
      }
      const results = contestants.map((name) => resultOf(name, columns, answers.get(name) ?? []));
      return { id, title, note, columns, chart, results, goals: scenario.goals(results) };
    },
  };
}

function resultOf(
  contestant: string,
  columns: readonly Column[],
  answers: readonly Readonly<Record<string, number>>[],
): ContestantResult {
  expectThat(answers.length > 0, `no figures of ${contestant}`);
  const figures = columns.flatMap(({ key }) => {
    const values = answers.flatMap((it) => (it[key] === undefined ? [] : [it[key]]));
    if (values.length === 0) return [];
    const figure = summarize(values);
    return [[key, values.length === 1 ? { value: figure.value } : figure] as const];
  });
  return { contestant, figures: Object.fromEntries(figures) };
}
