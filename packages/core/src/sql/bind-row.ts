import type { ParameterValue } from "../driver/index.ts";
import { isSql } from "./fragment.ts";
import { isParameter } from "./parameter.ts";
import { type ParameterPlace, parameterError, type StatementTarget } from "./parameter-error.ts";
import { isScalar, toParameterValue } from "./parameter-value.ts";

/**
 * The values of one row for `bulkInsert`, which is an array in the order of the columns or an object with their names. Properties of an
 * object that are no column are left out; every column must be there.
 *
 * @param rowIndex - from 0, for error messages
 * @throws ParameterError naming the row and the column
 */
export function bindRow(
  columns: readonly string[],
  row: object,
  rowIndex: number,
  target: StatementTarget,
): ParameterValue[] {
  const values = new Array<ParameterValue>(columns.length);
  const byPosition = Array.isArray(row);
  if (byPosition ? row.length !== columns.length : typeof row !== "object" || row === null || isSql(row)) {
    throw notARow(columns, row, { ...target, set: `row ${rowIndex}` });
  }
  const named = row as Readonly<Record<string, unknown>>;
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index] as string;
    const item = byPosition ? row[index] : Object.hasOwn(named, column) ? named[column] : undefined;
    if (isScalar(item)) values[index] = item;
    else {
      // The column decides the type here, so a type that comes with the value has nothing to say.
      const value = isParameter(item) && item.direction === "in" ? item.value : item;
      values[index] = toParameterValue(value, column, { ...target, set: `row ${rowIndex}` });
    }
  }
  return values;
}

function notARow(columns: readonly string[], row: unknown, place: ParameterPlace): Error {
  if (!Array.isArray(row)) return parameterError("a row is an array or an object", place);
  return parameterError(`has ${row.length} values for ${columns.length} columns`, place);
}
