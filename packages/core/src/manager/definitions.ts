import type { Driver, MaybePromise, OptionRules } from "../driver/index.ts";
import type { PoolOptions } from "../pool/index.ts";
import type { Executor, PipeliningOptions } from "../session/index.ts";
import type { TypeOptions } from "../types/index.ts";

/** What a user may say about any database, whatever its engine. An adapter's factory takes these beside the driver's own options. */
export interface DatabaseOptions {
  /** A name for people, in messages and events, where it should differ from the key in the configuration. */
  readonly label?: string;
  /**
   * The schema that names without one belong to (PostgreSQL's `search_path`, Oracle's current schema). `null` or absent: the
   * server's own default. @throws ConfigurationError where the engine has no such setting.
   */
  readonly schema?: string | null;
  readonly pool?: PoolOptions;
  /**
   * Independent reads share a few connections, for many callers at once; off by default. Only where the engine's connections take
   * several statements at once (PostgreSQL), and not beside `statementTimeoutMs`.
   */
  readonly pipelining?: PipeliningOptions;
  /** How values of the database come back; see the type contract. */
  readonly types?: TypeOptions;
  /** Runs on each new physical connection before anybody gets it. When it throws, the connection is not used. */
  readonly onConnect?: (connection: Executor) => MaybePromise<void>;
  /**
   * A limit for every single statement, in milliseconds; it is stopped on the server. The server's time counts, not that of the caller between two
   * batches of a stream or rows of a bulk load. None by default.
   */
  readonly statementTimeoutMs?: number;
  /**
   * How long the hooks of a transaction (`onCommit`, `onRollback`) are waited for together, in milliseconds; 30 000 by default. After that each is a
   * `HookError`, and the transaction's result stands.
   */
  readonly hookTimeoutMs?: number;
  /**
   * How long a transaction with `verifyOutcome` asks what became of its COMMIT after that was lost, in milliseconds; 30 000 by default. It covers a server that
   * restarts; then it is a `CommitOutcomeUnknownError`.
   */
  readonly outcomeTimeoutMs?: number;
}

const definitionOf: unique symbol = Symbol.for("@nsj/mdb/definition") as never;

/** What a definition holds. */
export interface DefinitionParts {
  readonly driver: Driver;
  /** The driver's own options. */
  readonly driverOptions: object;
  /** Core's options. */
  readonly databaseOptions: DatabaseOptions;
}

/**
 * One database as an adapter's factory describes it: engine and options, not yet checked, nothing connected. Opaque, so that
 * credentials cannot be read from a log line or `JSON.stringify`.
 */
export interface DatabaseDefinition<Engine extends string = string> {
  /** The engine's name, `"postgres"`. */
  readonly engine: Engine;
  readonly [definitionOf]: () => DefinitionParts;
}

/** The rules of core's own options; an adapter may spread them into its own when it checks early. */
export const databaseOptionRules: OptionRules<DatabaseOptions> = Object.freeze({
  label: { type: "string" },
  schema: { type: ["string", "null"] },
  pool: { type: "object" },
  pipelining: { type: "object" },
  types: { type: "object" },
  onConnect: { type: "function" },
  statementTimeoutMs: { type: "milliseconds" },
  hookTimeoutMs: { type: "milliseconds" },
  outcomeTimeoutMs: { type: "milliseconds" },
} as const);

/**
 * Makes the definition of a database. For adapters: a factory is `postgres = (options) => defineDatabase(postgresDriver, options)`.
 * Core's keys ({@link DatabaseOptions}) are split off; `schema` also reaches a driver that lists it in its `optionKeys`.
 */
export function defineDatabase<Options extends object, Engine extends string>(
  driver: Driver<Options, Engine>,
  options: Options & DatabaseOptions,
): DatabaseDefinition<Engine> {
  const parts: DefinitionParts = Object.freeze({
    driver: driver as unknown as Driver,
    ...splitOptions(driver, options),
  });
  const definition = { engine: driver.name };
  // Behind a function and not enumerable: neither `util.inspect` nor `JSON.stringify` shows what it holds.
  Object.defineProperty(definition, definitionOf, { value: () => parts });
  return Object.freeze(definition) as DatabaseDefinition<Engine>;
}

function splitOptions(
  driver: { readonly optionKeys: readonly string[] },
  options: DatabaseOptions = {},
): Pick<DefinitionParts, "driverOptions" | "databaseOptions"> {
  // Refused once there is a label to name.
  if (!isOptions(options)) return { driverOptions: {}, databaseOptions: options };
  const driverOptions: Record<string, unknown> = {};
  const databaseOptions: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    if (Object.hasOwn(databaseOptionRules, key)) databaseOptions[key] = value;
    else driverOptions[key] = value;
  }
  if (takesSchema(driver) && options.schema !== undefined) driverOptions["schema"] = options.schema;
  return { driverOptions: Object.freeze(driverOptions), databaseOptions: Object.freeze(databaseOptions) };
}

/** Says whether what a factory was given can be options: a text and a URL are what people try first. */
export function isOptions(options: unknown): options is DatabaseOptions {
  return typeof options === "object" && options !== null && !Array.isArray(options) && !(options instanceof URL);
}

/** Says whether a value is a definition, of whichever copy of this package. */
export function isDatabaseDefinition(value: unknown): value is DatabaseDefinition {
  return typeof value === "object" && value !== null && definitionOf in value;
}

/** What a definition holds. For core only. */
export function definitionParts(definition: DatabaseDefinition): DefinitionParts {
  return definition[definitionOf]();
}

/** Says whether the engine has a setting for `schema`. */
export function takesSchema(driver: { readonly optionKeys: readonly string[] }): boolean {
  return driver.optionKeys.includes("schema");
}
