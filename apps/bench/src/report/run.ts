import type { Environment } from "../environment.ts";
import type { ScenarioResult } from "../measure/scenario.ts";

/** What `results.json` holds. */
export interface Run {
  readonly quick: boolean;
  readonly environment: Environment;
  readonly scenarios: readonly ScenarioResult[];
}
