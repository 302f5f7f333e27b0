import {
  type Clock,
  type Connector,
  checkOptions,
  type Driver,
  type OperationContext,
  systemClock,
} from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import {
  type ConnectionBudget,
  type ConnectionSource,
  checkPoolOptions,
  Pool,
  type PoolOptions,
} from "../pool/index.ts";
import {
  checkPipeliningOptions,
  type DatabaseContext,
  type Lending,
  Pipelining,
  type StandIn,
  type Tally,
} from "../session/index.ts";
import { checkTypeOptions, rowMappers, type TypeOptions } from "../types/index.ts";
import { Database } from "./database.ts";
import {
  type DatabaseDefinition,
  type DatabaseOptions,
  databaseOptionRules,
  definitionParts,
  isOptions,
  takesSchema,
} from "./definitions.ts";
import { KnownCapabilities } from "./known-capabilities.ts";
import { labelled, labelledError } from "./labelled-error.ts";
import { least } from "./member.ts";
import { prepareConnection } from "./prepare-connection.ts";

/** What a database takes from its surroundings; tests give their own. */
export interface Environment {
  /** The system's clock by default. */
  readonly clock?: Clock;
  /** `Math.random` by default. */
  readonly random?: () => number;
}

/** The surroundings of a manager's databases. */
export interface ManagedEnvironment extends Environment {
  readonly tally: Tally;
}

/** How long the hooks of a transaction are waited for, in milliseconds, where nobody says otherwise. */
export const defaultHookTimeoutMs = 30_000;
/** How long a server is asked what became of a lost COMMIT, in milliseconds, where nobody says otherwise. */
export const defaultOutcomeTimeoutMs = 30_000;

/** What a database is beside its definition. */
interface Belonging {
  /** Stands for the label in the tree of scopes. */
  readonly identity: object;
  /** Where it is one of several behind a label: which, and what they have in common. */
  readonly key?: string | undefined;
  readonly group?: string | undefined;
  readonly refusal?: DatabaseContext["refusal"];
  readonly types?: TypeOptions | undefined;
  readonly statementTimeoutMs?: number | undefined;
  readonly budget?: ConnectionBudget | undefined;
  readonly maxConnections?: number | undefined;
  readonly maxWaiting?: number | undefined;
  readonly password?: (() => unknown) | undefined;
}

/**
 * Checks a definition and makes its database. Nothing connects.
 * @throws ConfigurationError that names the label and the key
 */
export function openDatabase(
  label: string,
  definition: DatabaseDefinition,
  environment: ManagedEnvironment,
  belonging: Belonging,
): Database {
  const { driver, driverOptions, databaseOptions } = definitionParts(definition);
  const connector = labelled(label, driver, () => {
    checkDatabaseOptions(label, driver, databaseOptions);
    const { password } = belonging;
    const own = (driverOptions as { readonly password?: unknown }).password;
    const given = password !== undefined && typeof own === "function" ? { ...driverOptions, password } : driverOptions;
    return driver.connector(given, { clock: environment.clock ?? systemClock });
  });
  return labelled(label, driver, () => {
    const { context, pool } = contextOf(belonging, label, driver, connector, databaseOptions, environment);
    return new Database(context, {
      connect: () => pool.connect(),
      evict: () => pool.evict(),
      async close(options) {
        await pool.close(options);
        await connector.close?.();
      },
    });
  });
}

/** What may change while it lives is set here: each statement reads it, so it is plain fields. */
type LivingContext = Omit<DatabaseContext, Living> & { -readonly [Member in Living]: DatabaseContext[Member] };
type Living = "capabilities" | "pool" | "pipelining";

function contextOf(
  belonging: Belonging,
  label: string,
  driver: Driver,
  connector: Connector,
  options: DatabaseOptions,
  environment: ManagedEnvironment,
): { readonly context: DatabaseContext; readonly pool: Pool } {
  const capabilities = Object.freeze({ ...driver.capabilities, ...connector.capabilities });
  const known = new KnownCapabilities(capabilities, driver.serverMayLack);
  const dialect = Object.freeze({ ...driver.dialect, ...connector.dialect });
  const types = checkTypeOptions(belonging.types ?? options.types ?? {}, label);
  const { onConnect, schema } = options;
  const target = typeof schema === "string" ? Object.freeze({ ...connector.target, schema }) : connector.target;
  const source: ConnectionSource = {
    label,
    key: belonging.key,
    group: belonging.group,
    manager: environment.tally.manager,
    engine: driver.name,
    target,
    capabilities,
    classify: (error) => driver.classify(error),
    async connect(operation) {
      const connection = known.learn(await connected(label, driver, connector, operation));
      context.capabilities = known.current;
      if (onConnect !== undefined) await prepareConnection(context, connection, operation, onConnect);
      return connection;
    },
    ...(onConnect !== undefined && {
      restore: (connection, operation) => prepareConnection(context, connection, operation, onConnect),
    }),
  };
  const { clock = systemClock, random = Math.random } = environment;
  const poolOptions = limited(options.pool, belonging, label);
  const pool = new Pool(source, poolOptions, { clock, random, budget: belonging.budget });
  const statementTimeoutMs = least(options.statementTimeoutMs, belonging.statementTimeoutMs);
  const pipelining =
    options.pipelining &&
    checkPipeliningOptions(options.pipelining, label, {
      concurrency: capabilities.concurrency,
      poolMax: pool.stats().max,
      statementTimeoutMs,
    });
  const shared = pipelining && new Pipelining(pipelining, pool, clock);
  let standIn: StandIn | undefined;
  const lending: Lending = {
    pool,
    get standIn() {
      return standIn;
    },
    lendFrom(other) {
      standIn = other;
      context.pool = other ?? pool;
      context.pipelining = other === undefined ? shared : undefined;
    },
  };
  const context: LivingContext = {
    identity: belonging.identity,
    key: belonging.key,
    group: belonging.group,
    refusal: belonging.refusal,
    lending,
    tally: environment.tally,
    database: label,
    engine: driver.name,
    target,
    dialect,
    capabilities: known.current,
    mayLack: (one) => known.mayLack(one),
    pool,
    permanent: capabilities.maxConnections === 1,
    patienceMs: checkPoolOptions(poolOptions, label).deadlockPatienceMs,
    hookTimeoutMs: options.hookTimeoutMs ?? defaultHookTimeoutMs,
    outcomeTimeoutMs: options.outcomeTimeoutMs ?? defaultOutcomeTimeoutMs,
    pipelining: shared,
    clock,
    random,
    statementTimeoutMs,
    classify: source.classify,
    ...rowMappers(types, dialect, { database: label, engine: driver.name }),
  };
  return { context, pool };
}

/** The pool's options, with the bounds that hold for each of several databases. */
function limited(
  options: PoolOptions | undefined,
  { maxConnections, maxWaiting }: Belonging,
  label: string,
): PoolOptions | undefined {
  if (maxConnections === undefined && maxWaiting === undefined) return options;
  const { max, maxQueue } = checkPoolOptions(options, label);
  return {
    ...options,
    max: Math.min(max, maxConnections ?? max),
    maxQueue: Math.min(maxQueue, maxWaiting ?? maxQueue),
  };
}

function checkDatabaseOptions(label: string, driver: Driver, options: DatabaseOptions): void {
  if (!isOptions(options)) throw noOptions(driver, options);
  checkOptions<DatabaseOptions>(label, options, databaseOptionRules);
  if (options.label !== undefined && options.label !== label) {
    throw new ConfigurationError(`its "label" says "${options.label}", but it is configured under "${label}"`, {
      key: "label",
    });
  }
  if (options.schema !== undefined && options.schema !== null && !takesSchema(driver)) {
    throw new ConfigurationError(`the engine has no setting for "schema"; qualify table names instead`, {
      key: "schema",
    });
  }
}

/** What a server or the configuration of a moment (a password function) turns out to be is told with the label, too. */
async function connected(label: string, driver: Driver, connector: Connector, operation: OperationContext) {
  try {
    return await connector.connect(operation);
  } catch (error) {
    throw labelledError(label, driver, error);
  }
}

/** What it is given is not shown: a URL has a password. */
function noOptions({ optionKeys }: { readonly optionKeys: readonly string[] }, given: unknown): ConfigurationError {
  const where = optionKeys.includes("connectionString")
    ? "; a URL goes into { connectionString: ... }"
    : optionKeys.includes("filename")
      ? "; a file goes into { filename: ... }"
      : "";
  return new ConfigurationError(`the options are an object, not ${kindInWords(given)}${where}`);
}
