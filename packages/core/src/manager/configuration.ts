import type { Driver } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import { kindUnawaited } from "../internal/kind-in-words.ts";
import { didYouMean } from "../internal/nearest-name.ts";
import type { Composite } from "./composite.ts";
import { type DatabaseDefinition, type DatabaseOptions, defineDatabase, isDatabaseDefinition } from "./definitions.ts";
import { installHint } from "./known-adapters.ts";

/** A database described by data: which engine, and that engine's options. */
export interface DatabaseData extends DatabaseOptions {
  /** An engine's name or URL scheme; the part behind `+` of a SQLAlchemy name is ignored. May be left out beside a URL. */
  readonly engine?: string;
  /** A URL. `connection_string` is the Python library's name for it. */
  readonly connectionString?: string;
  readonly connection_string?: string;
  /** The Python library's name for the kind of database, where `engine` is not given. */
  readonly db?: string;
  readonly [option: string]: unknown;
}

/** What may stand for one database in a configuration. */
export type DatabaseEntry = Composite | DatabaseDefinition | DatabaseData | string;

/** Any driver, whatever its options: what finding and reading a configuration needs of it. */
export type AnyDriver = Pick<Driver, "name" | "schemes"> & {
  readonly optionKeys: readonly string[];
  readonly parseUrl: (url: string) => object;
};

/**
 * Makes a definition of one entry of a configuration.
 * @throws ConfigurationError that names the label and what would be right
 */
export function readEntry(label: string, entry: unknown, drivers: readonly AnyDriver[]): DatabaseDefinition {
  if (isDatabaseDefinition(entry)) return entry;
  if (typeof entry === "string") return fromUrl(label, entry, drivers, {});
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw noEntry(label, kindUnawaited(entry));
  }
  if ("connector" in entry) throw noEntry(label, "the adapter's driver, which goes into { drivers: [...] }");
  if ("then" in entry && typeof entry.then === "function") throw noEntry(label, kindUnawaited(entry));
  return fromData(label, entry as DatabaseData, drivers);
}

/** @throws ConfigurationError when a configuration is not a dictionary of labels; shows the dictionary for a list */
export function checkDictionary(definitions: unknown): asserts definitions is Readonly<Record<string, unknown>> {
  if (Array.isArray(definitions)) {
    throw new ConfigurationError(
      'a list is not a configuration any more; give a dictionary with the label of each database as its key: { default_db: { engine: "...", connection_string: "..." } }',
    );
  }
  if (typeof definitions !== "object" || definitions === null || isForeign(definitions)) {
    throw new ConfigurationError(`the configuration must be an object of labels, not ${kindUnawaited(definitions)}`);
  }
}

/** A promise or a Map has no label that anybody could see: that would be a manager without databases. */
function isForeign(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return Object.keys(object).length === 0 && prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

function fromData(label: string, data: DatabaseData, drivers: readonly AnyDriver[]): DatabaseDefinition {
  const { engine, db, connection_string: pythonUrl, connectionString, ...rest } = data;
  if (pythonUrl !== undefined && connectionString !== undefined) {
    throw fail(label, '"connectionString" and "connection_string" say the same; give one', "connection_string");
  }
  const url = connectionString ?? pythonUrl;
  if (url !== undefined && typeof url !== "string")
    throw fail(label, '"connectionString" must be a string', "connectionString");
  const kind = engine ?? db;
  if (kind === undefined) {
    if (url === undefined) throw fail(label, 'the option "engine" is missing', "engine");
    return fromUrl(label, url, drivers, rest);
  }
  if (typeof kind !== "string") throw fail(label, '"engine" must be a string', "engine");
  const driver = findDriver(label, kind, drivers);
  return url === undefined ? define(driver, rest) : withUrl(label, driver, url, rest);
}

function fromUrl(label: string, url: string, drivers: readonly AnyDriver[], rest: object): DatabaseDefinition {
  const scheme = /^([a-z][\w+.-]*):/i.exec(url)?.[1];
  if (scheme === undefined) throw fail(label, 'a string must be a URL that begins with its engine, "engine://..."');
  return withUrl(label, findDriver(label, scheme, drivers), url, rest);
}

/** What stands beside a URL comes before what that says. A driver that takes a URL among its options knows which of them say one thing in two forms. */
function withUrl(label: string, driver: AnyDriver, url: string, rest: object): DatabaseDefinition {
  const connectionString = withoutPythonsDriver(url);
  const read = parseUrl(label, driver, connectionString);
  const beside = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  if (!driver.optionKeys.includes("connectionString")) return define(driver, { ...read, ...beside });
  // Core's own of the options that a URL may have.
  const { schema } = read as { readonly schema?: unknown };
  return define(driver, { ...(schema !== undefined && { schema }), connectionString, ...beside });
}

/** SQLAlchemy's name of a driver, `oracle+cx_oracle`, may hold what a URL's scheme must not. Other forms than URLs have a `+` in their values. */
function withoutPythonsDriver(url: string): string {
  return url.replace(/^\s*([a-z][a-z\d]*)\+[\w.-]+:/i, "$1:");
}

function findDriver(label: string, name: string, drivers: readonly AnyDriver[]): AnyDriver {
  const wanted = name.toLowerCase().split("+", 1)[0] ?? "";
  const driver = drivers.find((it) => it.name === wanted || it.schemes.includes(wanted));
  if (driver !== undefined) return driver;
  const known = drivers.flatMap((it) => it.schemes);
  throw fail(
    label,
    `no driver answers to the engine "${wanted}"; ${installHint(wanted)}${didYouMean(wanted, known)}`,
    "engine",
  );
}

function parseUrl(label: string, driver: AnyDriver, url: string): object {
  try {
    return driver.parseUrl(url);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw fail(label, error.message, error.key);
  }
}

function define(driver: AnyDriver, options: object): DatabaseDefinition {
  return defineDatabase(driver as Driver, options);
}

function noEntry(label: string, found: string): ConfigurationError {
  return fail(label, `expected what an adapter's factory gives, an object with "engine", or a URL, not ${found}`);
}

function fail(label: string, message: string, key?: string): ConfigurationError {
  return new ConfigurationError(`${label}: ${message}`, { database: label, key });
}
