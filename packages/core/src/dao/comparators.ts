import { type Sql, sql } from "../sql/index.ts";

/** How a column is compared with a value. */
export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** The same fragments each time, so that a filter's text is kept. */
export const comparators: Readonly<Record<Comparator, Sql>> = {
  "=": sql.raw("="),
  "<>": sql.raw("<>"),
  "<": sql.raw("<"),
  "<=": sql.raw("<="),
  ">": sql.raw(">"),
  ">=": sql.raw(">="),
};
