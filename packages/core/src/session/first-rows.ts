import type { ResultSet } from "../driver/index.ts";

/**
 * The first result that has columns, for callers that ask for rows: of `insert ...; select ...` the SELECT's. The first result of all where none has
 * columns.
 */
export function firstRows(result: ResultSet): ResultSet {
  for (let set: ResultSet | undefined = result; set !== undefined; set = set.next) {
    if (set.columns.length > 0) return set;
  }
  return result;
}
