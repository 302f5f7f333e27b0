import type { StoredForm } from "../driver/index.ts";
import { type Identifier, type Sql, type SqlValue, sql } from "../sql/index.ts";
import { type Comparator, comparators } from "./comparators.ts";
import { expression } from "./expression.ts";

/** A column beside a value, whichever form of its type the one and the other have. */
export function comparedInForm(form: StoredForm, column: Identifier, operator: Comparator, value: SqlValue): Sql {
  if (operator === "=" && form.equal !== undefined) {
    return sql`${column} in (${sql.join(form.equal.map((it) => expression(it, value)))})`;
  }
  const exact = sql`${expression(form.alike, column)} ${comparators[operator]} ${expression(form.alike, value)}`;
  return sql.and([...boundsOf(form, column, operator, value), exact]);
}

/** A column beside a list of values, likewise. */
export function listedInForm(
  form: StoredForm,
  column: Identifier,
  operator: "in" | "not in",
  values: readonly SqlValue[],
): Sql {
  const { equal } = form;
  if (operator === "in" && equal !== undefined) {
    return sql`${column} in (${sql.join(values.flatMap((value) => equal.map((it) => expression(it, value))))})`;
  }
  const list = sql.join(values.map((value) => expression(form.alike, value)));
  return sql`${expression(form.alike, column)} ${sql.raw(operator)} (${list})`;
}

/** What an index can serve. */
function boundsOf({ near }: StoredForm, column: Identifier, operator: Comparator, value: SqlValue): Sql[] {
  if (near === undefined || operator === "<>") return [];
  const [from, below] = near;
  const bounds: Sql[] = [];
  if (!operator.startsWith("<")) bounds.push(sql`${column} >= ${expression(from, value)}`);
  if (!operator.startsWith(">")) bounds.push(sql`${column} < ${expression(below, value)}`);
  return bounds;
}
