import { ConfigurationError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import { didYouMean } from "../internal/nearest-name.ts";
import { type ForeignOptions, foreignOptionHint } from "./foreign-options.ts";

/** What one option may be. Several of the words together are alternatives. */
export type OptionType =
  | "string"
  | "boolean"
  | "function"
  | "object"
  | "string[]"
  /** A finite number. */
  | "number"
  /** An integer of at least 0. */
  | "count"
  /** A number of milliseconds, at least 0; `Infinity` is fine. */
  | "milliseconds"
  | "null"
  | "url"
  | "any";

/** How {@link checkOptions} checks one option: alternatives, or the exact words that are allowed. */
export interface OptionRule {
  readonly type: OptionType | readonly OptionType[];
  /** For strings: the only ones allowed. */
  readonly oneOf?: readonly string[];
  /** Its value never appears in a message. */
  readonly secret?: boolean;
  readonly required?: boolean;
  /**
   * It says which database is meant: a key that is there with `undefined` is refused, and so is a blank text. It comes from a variable that is not
   * set, and the default would be another database.
   */
  readonly address?: boolean;
}

/** The rules for every key of `Options`. */
export type OptionRules<Options extends object> = { readonly [Key in keyof Options & string]-?: OptionRule };

/**
 * Checks options against a table of rules, the same way for every adapter. Keys whose value is `undefined` count as absent,
 * where a rule does not say otherwise.
 *
 * @param path - put before each key in messages: `"pool."` makes `"pool.max"`
 * @param foreign - what to write here for options that people bring along from elsewhere; those that all engines share are known
 * @throws ConfigurationError that names the key, what was found and what would be right. Secrets are never shown.
 */
export function checkOptions<Options extends object>(
  what: string,
  options: unknown,
  rules: OptionRules<Options>,
  path = "",
  foreign?: ForeignOptions,
): asserts options is Options {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigurationError(`${what}: options must be an object, not ${describe(options)}`);
  }
  for (const key of Object.keys(options)) {
    const value = (options as Record<string, unknown>)[key];
    const rule = Object.hasOwn(rules, key) ? rules[key as keyof Options & string] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules);
      const hint = foreignOptionHint(key, path, known, foreign) ?? didYouMean(key, known);
      throw new ConfigurationError(`${what}: unknown option "${path}${key}"${hint}`, { key: path + key });
    }
    if (rule.address === true) checkAddress(what, path + key, value, rule);
    if (value !== undefined) checkOption(what, path + key, value, rule);
  }
  for (const key of requiredKeys(rules)) {
    if ((options as Record<string, unknown>)[key] !== undefined) continue;
    const expectation = expected(rules[key as keyof Options & string]);
    throw new ConfigurationError(`${what}: option "${path}${key}" is missing (${expectation})`, { key: path + key });
  }
}

/** By table: transactions and statements are checked too often to look through all of it each time. */
const required = new WeakMap<object, readonly string[]>();

function requiredKeys(rules: Readonly<Record<string, OptionRule>>): readonly string[] {
  let keys = required.get(rules);
  if (keys === undefined) {
    keys = Object.keys(rules).filter((key) => rules[key]?.required === true);
    required.set(rules, keys);
  }
  return keys;
}

function checkAddress(what: string, key: string, value: unknown, rule: OptionRule): void {
  const isBlank = typeof value === "string" && value.trim() === "";
  if (value !== undefined && !isBlank) return;
  const found = isBlank ? "an empty text" : "undefined";
  const remedy = rule.required === true ? "" : "; leave it out for its default";
  const message = `${what}: option "${key}" is ${found}, as from a variable that is not set${remedy}`;
  throw new ConfigurationError(message, { key });
}

function checkOption(what: string, key: string, value: unknown, rule: OptionRule): void {
  const types = typeof rule.type === "string" ? [rule.type] : rule.type;
  const allowed = types.some((type) => matches(value, type));
  if (allowed && (rule.oneOf === undefined || typeof value !== "string" || rule.oneOf.includes(value))) return;
  const found = rule.secret === true ? kindInWords(value) : describe(value);
  const hint = typeof value === "string" && rule.oneOf !== undefined ? didYouMean(value, rule.oneOf) : "";
  throw new ConfigurationError(`${what}: option "${key}" must be ${expected(rule)}, not ${found}${hint}`, { key });
}

function matches(value: unknown, type: OptionType): boolean {
  switch (type) {
    case "any":
      return true;
    case "null":
      return value === null;
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "count":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
    case "milliseconds":
      return typeof value === "number" && value >= 0;
    case "string[]":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "url":
      return value instanceof URL;
    default:
      return typeof value === type;
  }
}

const words: Readonly<Record<OptionType, string>> = {
  any: "anything",
  null: "null",
  number: "a number",
  count: "an integer of at least 0",
  milliseconds: "a number of milliseconds of at least 0",
  "string[]": "an array of strings",
  object: "an object",
  url: "a URL",
  string: "a string",
  boolean: "true or false",
  function: "a function",
};

function expected(rule: OptionRule): string {
  const types = typeof rule.type === "string" ? [rule.type] : rule.type;
  const choices = types.flatMap((type) =>
    type === "string" && rule.oneOf !== undefined ? rule.oneOf.map((word) => `"${word}"`) : [words[type]],
  );
  return choices.length < 2 ? choices.join("") : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}

/** A value as a message may show it: its kind, and itself where that is short. */
function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return value.length <= 40 ? JSON.stringify(value) : "a long string";
  if (typeof value === "object") return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}
