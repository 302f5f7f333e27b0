import { ParameterError } from "../errors/index.ts";
import { isPlainObject } from "./plain-object.ts";

/** Words that stood for operators in older filters, and that stand in requests which try them. */
const operatorWords = ["eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "between", "like", "ilike", "isNull"];

/**
 * Refuses what is no value of a column, so that what came in a request's body can say "equals" and nothing else.
 *
 * @param place - where it stands: `the filter on "team"`, `op.ne in the filter on "team"`
 * @param isDocument - the column has a codec, to which an object is a value
 */
export function checkFilterValue(value: unknown, property: string, place: string, isDocument: boolean): void {
  const problem = problemOf(value, isDocument);
  if (problem !== undefined) throw new ParameterError(`${place} ${problem}`, { parameters: [property] });
}

/** As {@link checkFilterValue}, for a value without an operator, which may not be a list either: that is no question of equality. */
export function checkPlainValue(value: unknown, property: string, isDocument: boolean): void {
  const place = `the filter on "${property}"`;
  if (Array.isArray(value) && !isDocument) {
    const combines =
      property === "and" || property === "or" ? `; filters are combined by the key [op.${property}]` : "";
    const message = `${place} is a list; say op.in(list) for any of them, op.eq(list) for an array column${combines}`;
    throw new ParameterError(message, { parameters: [property] });
  }
  checkFilterValue(value, property, place, isDocument);
}

function problemOf(value: unknown, isDocument: boolean): string | undefined {
  // Silently dropping the condition would widen what is found, or deleted.
  if (value === undefined) return "is undefined; leave it out, or use op.isNull()";
  if (value === null) return "is null; say op.isNull() or op.isNotNull()";
  if (isDocument || !isPlainObject(value)) return undefined;
  const word = Object.keys(value).find((it) => operatorWords.includes(it));
  return `is an object, which is no value; operators are made by op: ${word === undefined ? "op.eq(value)" : `op.${word}(...)`}`;
}
