/**
 * The kinds of value that the type contract knows. A driver names one per column and gives each value in that kind's canonical
 * form; core alone decides what the caller gets (`types` in the configuration). SQL NULL is always `null`.
 *
 * | logical type | canonical forms a driver may give |
 * | --- | --- |
 * | `integer` | `number` (safe), `bigint`, or its decimal digits as a `string` |
 * | `decimal` | its exact digits as a `string`, no exponent; a `number` or `bigint` only where the engine itself stores one |
 * | `float` | `number`, or text that `Number()` reads |
 * | `boolean` | `boolean` |
 * | `string` | `string` |
 * | `bytes` | `Buffer` |
 * | `date` | `"YYYY-MM-DD"` |
 * | `time` | `"HH:MM:SS[.f...]"`, with an offset where the type has one |
 * | `timestamp` | `Date` (the wall-clock time read as UTC) or `"YYYY-MM-DD HH:MM:SS[.f...]"`; the text keeps what a `Date` cannot |
 * | `timestamptz` | `Date`, or `"YYYY-MM-DD HH:MM:SS[.f...]"` followed by an offset (`+02`, `-03:30`, `Z`) |
 * | `json` | the document's text |
 * | `uuid` | `string`, any case |
 * | `interval` | the engine's text |
 * | `any` | already what the caller should get: vectors, geometric and vendor types; core passes it through |
 * | `dynamic` | the engine has no column type here (a SQLite expression): core goes by the value itself |
 */
export const logicalTypes = [
  "integer",
  "decimal",
  "float",
  "boolean",
  "string",
  "bytes",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "json",
  "uuid",
  "interval",
  "any",
  "dynamic",
] as const;

/** One row of the type contract; see {@link logicalTypes}. */
export type ScalarLogicalType = (typeof logicalTypes)[number];

/**
 * What a column holds: one of {@link logicalTypes}, or arrays of it (`"timestamp[]"`), whose elements have the canonical form of theirs or are `null`,
 * nested to any depth. What the caller has chosen for a type holds for the elements of its arrays too.
 */
export type LogicalType = ScalarLogicalType | `${ScalarLogicalType}[]`;
