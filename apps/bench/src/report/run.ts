import type { Environment } from "../environment.ts";
import type { ScenarioResult } from "../measure/scenario.ts";

/** What could not be measured on this machine. */
export interface SkippedScenario {
  readonly id: string;
  readonly reason: string;
}

/** What `results.json` holds. */
export interface Run {
  readonly quick: boolean;
  readonly environment: Environment;
  readonly scenarios: readonly ScenarioResult[];
  /** Absent in runs before anything could be. */
  readonly skipped?: readonly SkippedScenario[];
}
