import { type Sql, sql } from "../sql/index.ts";
import type { Comparator } from "./comparators.ts";

/**
 * Beside a column that has more digits than a `Date`, that stands for its whole millisecond: so the value that was read finds its row.
 * `undefined` where the plain comparison says the same, and where there is no next millisecond.
 */
export function asMillisecond(
  operator: Comparator,
  value: Date,
  plain: (operator: Comparator, value: Date) => Sql,
): Sql | undefined {
  const end = new Date(value.getTime() + 1);
  if (Number.isNaN(end.getTime())) return undefined;
  switch (operator) {
    case "=":
      return sql.and([plain(">=", value), plain("<", end)]);
    case "<>":
      return sql.or([plain("<", value), plain(">=", end)]);
    case "<=":
      return plain("<", end);
    case ">":
      return plain(">=", end);
    default:
      return undefined;
  }
}
