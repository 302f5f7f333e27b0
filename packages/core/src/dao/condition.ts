import { type Sql, sql } from "../sql/index.ts";

/** What a filter says: a condition, or that every row fits (`true`), or that none does (`false`). */
export type Condition = Sql | boolean;

/** Every one of them; of none it is `true`. */
export function allOf(parts: readonly Condition[]): Condition {
  if (parts.includes(false)) return false;
  const [first, ...more] = parts.filter((it) => it !== true) as Sql[];
  if (first === undefined) return true;
  return more.length === 0 ? first : sql.and([first, ...more]);
}

/** At least one of them; of none it is `false`. */
export function anyOf(parts: readonly Condition[]): Condition {
  if (parts.includes(true)) return true;
  const [first, ...more] = parts.filter((it) => it !== false) as Sql[];
  if (first === undefined) return false;
  return more.length === 0 ? first : sql.or([first, ...more]);
}

/** The opposite. As in SQL, a condition that is neither true nor false, for a NULL, stays so. */
export function opposite(condition: Condition): Condition {
  return typeof condition === "boolean" ? !condition : sql`not (${condition})`;
}

/** A condition as SQL, where an engine has no word for what is always so. */
export function conditionSql(condition: Condition): Sql {
  if (typeof condition !== "boolean") return condition;
  return condition ? sql`1 = 1` : sql`1 = 0`;
}
