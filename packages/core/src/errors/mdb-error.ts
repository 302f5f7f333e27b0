import { type ErrorCode, factsOf } from "./codes.ts";

/** Marks our errors across two copies of this package (ESM beside CommonJS): holds the names of an error's classes. */
const lineage = Symbol.for("@nsj/mdb/error");

/** What every error can carry. */
export interface MdbErrorOptions {
  /** The label of the database. */
  readonly database?: string | undefined;
  /** The engine's name, `"postgres"`. */
  readonly engine?: string | undefined;
  /** The driver's own error, or whatever led here. */
  readonly cause?: unknown;
  /** SQLSTATE, where the engine has one. */
  readonly sqlState?: string | undefined;
  /** The engine's own code: `1205`, `"ORA-00060"`. */
  readonly vendorCode?: string | number | undefined;
  /** The statement's text; never its values. */
  readonly statement?: string | undefined;
  /** Overrides the code's own answer, where the driver knows better; what an extension's error says for a code of its own. */
  readonly retryable?: boolean | undefined;
}

/**
 * The base of every error that the library throws. `instanceof` works on every subclass, also when two copies of the package meet
 * in one process. Messages carry no values and no secrets.
 */
export abstract class MdbError extends Error {
  /** The class's name as `instanceof` compares it; own on every class of the library. */
  static readonly className: string = "MdbError";

  readonly code: ErrorCode;
  /** The label of the database; `undefined` when no database is concerned. */
  declare readonly database: string | undefined;
  declare readonly engine: string | undefined;
  /** Whether it is safe, and may help, to make the same call again (a transaction: from its start). */
  readonly retryable: boolean;
  declare readonly sqlState: string | undefined;
  declare readonly vendorCode: string | number | undefined;
  /** The statement's text, never its values. */
  declare readonly statement: string | undefined;

  /** From `executeMany`: which of the parameter sets failed, from 0, where the engine tells it. */
  declare readonly parameterSetIndex: number | undefined;

  constructor(code: ErrorCode, message: string, options: MdbErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? factsOf(code)?.retryable ?? false;
    // Only what is known, so that a printed error has no empty lines.
    for (const key of ["database", "engine", "sqlState", "vendorCode", "statement"] as const) {
      if (options[key] !== undefined) Object.assign(this, { [key]: options[key] });
    }
    // Not `new.target`: minifiers that inline the call move it into a function of its own, where it is undefined.
    const made = this.constructor;
    const name = ownName(made) ?? made.name;
    Object.defineProperty(this, "name", { value: name, enumerable: false, configurable: true, writable: true });
    Object.defineProperty(this, lineage, { value: classNames(made), enumerable: false });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class that a user derives from ours has no `className` of its own: then the prototype chain decides as usual.
    if (!Object.hasOwn(this, "className")) return Function.prototype[Symbol.hasInstance].call(this, value);
    if (typeof value !== "object" || value === null) return false;
    const names = (value as { readonly [lineage]?: readonly string[] })[lineage];
    return names?.includes(this.className) === true;
  }
}

/** Only of the library's own classes: a class that a user derives may have any name, also one that a minifier made. */
function classNames(start: unknown): readonly string[] {
  const names: string[] = [];
  for (let at = start; typeof at === "function" && at !== Error; at = Object.getPrototypeOf(at)) {
    const name = ownName(at);
    if (name !== undefined) names.push(name);
  }
  return names;
}

function ownName(of: object): string | undefined {
  return Object.hasOwn(of, "className") ? (of as typeof MdbError).className : undefined;
}

/** Says whether a value is an error of the library, of whichever copy of the package. */
export function isMdbError(value: unknown): value is MdbError {
  return value instanceof MdbError;
}
