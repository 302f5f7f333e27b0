import { checkOptions, type OptionRules } from "../driver/index.ts";

/** What the `bigint` option may be. */
export const bigintForms = ["auto", "number", "bigint", "string"] as const;
/** What the `decimal` option may be. */
export const decimalForms = ["string", "number"] as const;
/** What the `date` option may be. */
export const dateForms = ["string", "date"] as const;
/** What the `timestamp` option may be. */
export const timestampForms = ["date", "string"] as const;
/** What the `json` option may be. */
export const jsonForms = ["parsed", "string"] as const;
/** What the `columnCase` option may be. */
export const columnCases = ["folded", "driver"] as const;

/** How values come back, the same for every engine: the `types` of a database's configuration. */
export interface TypeOptions {
  /**
   * Integers. `"auto"` (default): `number`, but `bigint` beyond 2^53 - 1, so that no digit is lost. `"number"`: always `number`; one
   * that does not fit is a `ConversionError`. `"bigint"`, `"string"`: always that.
   */
  readonly bigint?: (typeof bigintForms)[number];
  /**
   * Exact decimals. `"string"` (default): every digit. `"number"`: rounded to the nearest double, for those who want that; a value
   * whose whole part is beyond 2^53 - 1 is a `ConversionError`.
   */
  readonly decimal?: (typeof decimalForms)[number];
  /** Dates without a time. `"string"` (default): `"2026-11-22"`. `"date"`: a `Date` at midnight UTC. */
  readonly date?: (typeof dateForms)[number];
  /**
   * Timestamps, with and without time zone. `"date"` (default): a `Date`, one without a zone read as UTC, cut to milliseconds. `"string"`:
   * text with every digit, and with the values that a `Date` does not have (infinity).
   */
  readonly timestamp?: (typeof timestampForms)[number];
  /**
   * JSON documents. `"parsed"` (default): as `JSON.parse` reads them, which means that numbers in them are doubles, and that a document
   * `null` and SQL NULL are both `null`. `"string"`: the text.
   */
  readonly json?: (typeof jsonForms)[number];
  /** Column names. `"folded"` (default): a name that the engine folded to upper case comes in lower case. `"driver"`: as the engine says. */
  readonly columnCase?: (typeof columnCases)[number];
}

/** What holds where nothing is said. */
export const typeDefaults: Required<TypeOptions> = Object.freeze({
  bigint: "auto",
  decimal: "string",
  date: "string",
  timestamp: "date",
  json: "parsed",
  columnCase: "folded",
});

const rules: OptionRules<TypeOptions> = Object.freeze({
  bigint: { type: "string", oneOf: bigintForms },
  decimal: { type: "string", oneOf: decimalForms },
  date: { type: "string", oneOf: dateForms },
  timestamp: { type: "string", oneOf: timestampForms },
  json: { type: "string", oneOf: jsonForms },
  columnCase: { type: "string", oneOf: columnCases },
});

/**
 * Checks what a user wrote under `types` and fills in the defaults.
 *
 * @param what - the label, for messages
 * @throws ConfigurationError that names the key, what was found and what would be right
 */
export function checkTypeOptions(options: unknown, what: string): Required<TypeOptions> {
  checkOptions<TypeOptions>(what, options, rules, "types.");
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.freeze({ ...typeDefaults, ...Object.fromEntries(given) });
}
