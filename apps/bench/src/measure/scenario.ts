import type { Effort } from "./effort.ts";
import type { Profile } from "./profile.ts";

/** One figure of one contestant: a median, with the quartiles around it where it was measured more than once. */
export interface Figure {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** What one contestant reached in one scenario. */
export interface ContestantResult {
  readonly contestant: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** One column of a scenario's table. */
export interface Column {
  readonly key: string;
  readonly label: string;
  /** Digits behind the point. */
  readonly digits: number;
}

/** A promise about a figure, and whether it was kept. */
export interface GoalOutcome {
  readonly says: string;
  readonly value: number;
  readonly limit: number;
  readonly bound: "at most" | "at least";
  readonly met: boolean;
}

/** Everything that one scenario gave. */
export interface ScenarioResult {
  readonly id: string;
  readonly title: string;
  /** How it was done, in a sentence or two. */
  readonly note: string;
  readonly columns: readonly Column[];
  /** The column that is drawn, and by which two runs are compared. */
  readonly chart: string;
  readonly results: readonly ContestantResult[];
  readonly goals: readonly GoalOutcome[];
}

/** A server that a scenario may ask for. */
export type ServerName = "postgres" | "mariadb";

/** What scenarios run on. */
export interface Stage {
  readonly effort: Effort;
  /**
   * A server with the tables of its folder's `tables.ts`. Started when the first scenario asks for it.
   * @throws Missing where this machine has none
   */
  url(server: ServerName): Promise<string>;
  /** Says on the terminal how far a scenario is. */
  report(progress: string): void;
}

/** One thing that is measured. */
export interface Scenario {
  /** `group/name`; `--only` looks for parts of it. */
  readonly id: string;
  run(stage: Stage): Promise<ScenarioResult>;
  /** Where the time of one contestant goes; `undefined` for one that is not in it. Absent where single operations are not timed. */
  profile?(stage: Stage, contestant: string): Promise<Profile | undefined>;
}

/** A goal and whether a value meets it. */
export function goal(says: string, value: number, bound: GoalOutcome["bound"], limit: number): GoalOutcome {
  return { says, value, limit, bound, met: bound === "at most" ? value <= limit : value >= limit };
}

/** A figure of a contestant. @throws Error where there is none: a mistake in the scenario. */
export function figureOf(results: readonly ContestantResult[], contestant: string, key: string): number {
  const figure = results.find((it) => it.contestant === contestant)?.figures[key];
  if (figure === undefined) throw new Error(`no figure "${key}" of "${contestant}"`);
  return figure.value;
}

/** The lowest value among these contestants. */
export function bestOf(results: readonly ContestantResult[], contestants: readonly string[], key: string): number {
  return Math.min(...contestants.map((it) => figureOf(results, it, key)));
}

/** The lowest value among all contestants whose name does not begin with `ours`. */
export function bestRival(results: readonly ContestantResult[], ours: string, key: string): number {
  const rivals = results.filter(({ contestant }) => !contestant.startsWith(ours));
  return Math.min(...rivals.flatMap(({ figures }) => (figures[key] === undefined ? [] : [figures[key].value])));
}
