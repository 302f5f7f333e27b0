import { interleave, type Runner, type Sample } from "./interleave.ts";
import { profile } from "./profile.ts";
import type { Column, ContestantResult, GoalOutcome, Scenario, Stage } from "./scenario.ts";
import { summarize } from "./statistics.ts";

/** A contestant that can be opened for one scenario. */
export interface OpenRunner extends Runner {
  close(): Promise<void>;
}

/** What a timed scenario consists of. */
export interface TimedScenario {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** The contestant that the ratios are made to. */
  readonly baseline: string;
  /** The ratio that is drawn. */
  readonly chart?: "cpuRatio" | "wallRatio" | "cpu" | "wall";
  readonly atLeast?: number;
  exactly?(stage: Stage): number;
  open(stage: Stage): Promise<readonly OpenRunner[]>;
  goals(results: readonly ContestantResult[]): readonly GoalOutcome[];
}

const columns: readonly Column[] = [
  { key: "cpu", label: "CPU µs/op", digits: 2 },
  { key: "cpuRatio", label: "CPU ratio", digits: 2 },
  { key: "wall", label: "wall µs/op", digits: 2 },
  { key: "wallRatio", label: "wall ratio", digits: 2 },
];

/** A scenario whose contestants are timed beside one another. */
export function timed(scenario: TimedScenario): Scenario {
  const { id, title, note, baseline, chart = "cpuRatio", atLeast = 1 } = scenario;
  return {
    id,
    async run(stage) {
      const runners = await scenario.open(stage);
      try {
        const exactly = scenario.exactly?.(stage);
        const { effort } = stage;
        const samples = await interleave(runners, {
          effort,
          atLeast,
          report: (progress) => stage.report(progress),
          ...(exactly !== undefined && { exactly }),
        });
        const results = runners.map(({ name }) => resultOf(name, samples, baseline));
        return { id, title, note, columns, chart, results, goals: scenario.goals(results) };
      } finally {
        for (const runner of runners) await runner.close();
      }
    },
    async profile(stage, contestant) {
      const runners = await scenario.open(stage);
      try {
        const runner = runners.find(({ name }) => name === contestant);
        return runner && (await profile(runner, profileMs, scenario.exactly?.(stage) ?? atLeast * 10));
      } finally {
        for (const runner of runners) await runner.close();
      }
    },
  };
}

/** How long a contestant is watched, in milliseconds. */
const profileMs = 5_000;

function resultOf(
  contestant: string,
  samples: ReadonlyMap<string, readonly Sample[]>,
  baseline: string,
): ContestantResult {
  const own = samples.get(contestant) ?? [];
  const base = samples.get(baseline) ?? [];
  return {
    contestant,
    figures: {
      cpu: summarize(own.map((it) => it.cpuMicros)),
      // Round by round, so that a moment in which the machine was busy weighs on both sides.
      cpuRatio: summarize(own.map((it, round) => it.cpuMicros / (base[round]?.cpuMicros ?? Number.NaN))),
      wall: summarize(own.map((it) => it.wallMicros)),
      wallRatio: summarize(own.map((it, round) => it.wallMicros / (base[round]?.wallMicros ?? Number.NaN))),
    },
  };
}
