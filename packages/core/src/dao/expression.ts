import { type Sql, type SqlValue, sql } from "../sql/index.ts";

/** `lower($)` with a column or a value in place of each `$`. The template is a dialect's, never a caller's. */
export function expression(template: string, operand: SqlValue): Sql {
  const parts: SqlValue[] = [];
  for (const [index, text] of template.split("$").entries()) {
    if (index > 0) parts.push(operand);
    if (text !== "") parts.push(sql.raw(text));
  }
  return sql.join(parts, sql.empty);
}
