import type { Scenario } from "../measure/scenario.ts";
import { mariadbSpeed } from "./mariadb-speed.ts";
import { packageScenarios } from "./packages.ts";
import { poolFaults } from "./pool-faults.ts";
import { poolSpeed } from "./pool-speed.ts";
import { postgresSpeed } from "./postgres-speed.ts";
import { processScenarios } from "./processes.ts";
import { seeingScenarios } from "./seeing.ts";
import { severalSpeed } from "./several-speed.ts";
import { sqliteSpeed } from "./sqlite-speed.ts";
import { tenantScenarios } from "./tenants.ts";

/** Everything that can be measured, in the order in which it runs. */
export const scenarios: readonly Scenario[] = [
  ...poolSpeed,
  ...poolFaults,
  ...postgresSpeed,
  ...mariadbSpeed,
  ...sqliteSpeed,
  ...severalSpeed,
  ...processScenarios,
  ...tenantScenarios,
  ...seeingScenarios,
  ...packageScenarios,
];
