import { systemClock } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import { checkPoolOptions, type PoolStats } from "../pool/index.ts";
import type { DatabaseContext } from "../session/index.ts";
import { checkTypeOptions, rowMappers } from "../types/index.ts";
import type { RoutedDriver } from "./composite.ts";
import type { DatabaseOptions } from "./definitions.ts";
import { defaultHookTimeoutMs, defaultOutcomeTimeoutMs, type ManagedEnvironment } from "./open-database.ts";

/** What is known of a label before it is known which of its databases is meant: all that compiling and reading need. */
export function routedContext(
  label: string,
  driver: RoutedDriver,
  options: Pick<DatabaseOptions, "hookTimeoutMs" | "statementTimeoutMs" | "types"> & {
    readonly stats: () => PoolStats;
  },
  router: { readonly closed: boolean },
  environment: ManagedEnvironment,
  identity: object,
): DatabaseContext {
  const types = checkTypeOptions(options.types ?? {}, label);
  const noConnection = (): ConfigurationError =>
    new ConfigurationError(`${label}: a connection was asked for before it was known of which database`);
  const patience = checkPoolOptions({}, label);
  return Object.freeze<DatabaseContext>({
    identity,
    isRouted: true,
    lending: undefined,
    tally: environment.tally,
    database: label,
    engine: driver.name,
    target: Object.freeze({ address: "" }),
    dialect: driver.dialect,
    capabilities: driver.capabilities,
    mayLack: () => false,
    pool: {
      get closed() {
        return router.closed;
      },
      patience,
      stats: options.stats,
      tryAcquire: () => undefined,
      acquire: () => Promise.reject(noConnection()),
    },
    permanent: false,
    patienceMs: patience.deadlockPatienceMs,
    hookTimeoutMs: options.hookTimeoutMs ?? defaultHookTimeoutMs,
    outcomeTimeoutMs: defaultOutcomeTimeoutMs,
    pipelining: undefined,
    clock: environment.clock ?? systemClock,
    random: environment.random ?? Math.random,
    statementTimeoutMs: options.statementTimeoutMs ?? Number.POSITIVE_INFINITY,
    classify: (error) => driver.classify(error),
    ...rowMappers(types, driver.dialect, { database: label, engine: driver.name }),
  });
}
