import type { DialectFacts } from "../driver/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import type { Comparator } from "./comparators.ts";

/**
 * Beside a column that has more digits than a `Date`, that stands for its whole millisecond: so the value that was read finds its row.
 * `undefined` where the plain comparison says the same, and where no `Date` is later.
 */
export function asMillisecond(
  operator: Comparator,
  value: Date,
  plain: (operator: Comparator, value: Date) => Sql,
  { lastYear = Number.POSITIVE_INFINITY }: DialectFacts,
): Sql | undefined {
  const end = new Date(value.getTime() + 1);
  if (Number.isNaN(end.getTime())) return undefined;
  // The engine has no such moment, not even to compare with.
  if (end.getUTCFullYear() > lastYear && value.getUTCFullYear() <= lastYear)
    return asLastMillisecond(operator, value, plain);
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

/** Nothing comes behind it: whatever is not before it is in it. */
function asLastMillisecond(
  operator: Comparator,
  value: Date,
  plain: (operator: Comparator, value: Date) => Sql,
): Sql | undefined {
  switch (operator) {
    case "=":
      return plain(">=", value);
    case "<>":
      return plain("<", value);
    // All moments and none, so that NULL stays unknown.
    case "<=":
      return sql.or([plain("<", value), plain(">=", value)]);
    case ">":
      return sql.and([plain("<", value), plain(">=", value)]);
    default:
      return undefined;
  }
}
