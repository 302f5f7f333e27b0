import { isDate } from "node:util/types";
import type { ColumnInfo, DialectFacts } from "../driver/index.ts";
import { type MdbError, ParameterError, ValueError } from "../errors/index.ts";
import { type SqlValue, sql } from "../sql/index.ts";

const integerText = /^\s*[+-]?\d+\s*$/;
const numberText = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A value in the form that its column takes, to be stored there or looked for. */
export function inColumnForm(value: SqlValue, { type }: ColumnInfo, dialect: DialectFacts): SqlValue {
  // Where arrays are values, `[]` would be one of them, and not a document.
  if (Array.isArray(value)) return type === "json" ? sql.json(value) : value;
  if (type === "date" && isDate(value)) return dayOf(value, dialect);
  // As a double some engines would round one that is out of range to the nearest that is not.
  return type === "integer" && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? BigInt(value as number)
    : value;
}

/** Its day in UTC, on every engine: some would compare the time as well, or store it. */
function dayOf(value: Date, { storedForms }: DialectFacts): SqlValue {
  const text = Number.isNaN(value.getTime()) ? "" : value.toISOString();
  if (text.length !== 24) return value;
  // Where dates have several forms, the driver chooses one.
  return storedForms?.["date"] === undefined ? text.slice(0, 10) : sql.typed(value, "date");
}

/** What is wrong with a value, and the error that says so. */
interface Misfit {
  readonly kind: typeof ParameterError | typeof ValueError;
  readonly problem: string;
}

/**
 * What is wrong with a value that a column would silently hold as another one: engines round a fraction, cut it off or keep it in a column of integers, take
 * any number for true, and write an array as text. The same on each; `undefined` for nothing.
 *
 * @param column - `undefined` where nobody knows it
 */
export function misfitOf(value: unknown, column: ColumnInfo | undefined, dialect: DialectFacts): Misfit | undefined {
  if (column === undefined) return undefined;
  const { type } = column;
  if (Array.isArray(value)) {
    if (!dialect.arrayParameters || type.endsWith("[]") || type === "json" || type === "any") return undefined;
    return { kind: ParameterError, problem: "is an array, and its column holds none; sql.json makes a document of it" };
  }
  if (typeof value === "string" ? fits(value, type, dialect) : isOneOf(value, type)) return undefined;
  const problem = type === "boolean" ? "neither true nor false" : type === "integer" ? "no integer" : "no number";
  return { kind: ValueError, problem: `is ${problem}, and its column holds nothing else` };
}

/** The error for it: put together only where there is one, because every value that is written is looked at. */
export function misfitError(table: readonly string[], property: string, { kind, problem }: Misfit): MdbError {
  return new kind(`${table.join(".")}: "${property}" ${problem}`);
}

function isOneOf(value: unknown, type: string): boolean {
  if (typeof value === "bigint") return type !== "boolean" || value === 0n || value === 1n;
  // What is not finite is refused as a parameter, whatever the column.
  if (typeof value !== "number" || !Number.isFinite(value)) return true;
  return type === "boolean" ? value === 0 || value === 1 : type !== "integer" || Number.isInteger(value);
}

function fits(text: string, type: string, { emptyStringIsNull, storedForms }: DialectFacts): boolean {
  if (text === "" && emptyStringIsNull) return true;
  if (type === "integer") return integerText.test(text);
  // Others refuse it themselves, each by the forms that it knows.
  return storedForms === undefined || (type !== "decimal" && type !== "float") || numberText.test(text);
}
