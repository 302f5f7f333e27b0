import { ConfigurationError } from "../errors/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import type { TableAccess } from "./table-access.ts";
import { assignments } from "./writes.ts";

/** Deletes, or marks as deleted. */
export function deletion({ spec, columns, inner }: TableAccess, condition: Sql): Sql {
  const column = spec.softDeleteColumn;
  if (column === undefined) return sql`delete from ${columns.table} where ${condition}`;
  const set = assignments(spec, columns, { [column]: new Date() }, inner.context.dialect);
  return sql`update ${columns.table} set ${set} where ${condition}`;
}

/** Takes a soft deletion back. @throws ConfigurationError when the table has none */
export function restoration({ spec, columns, inner }: TableAccess, condition: Sql): Sql {
  const column = spec.softDeleteColumn;
  if (column === undefined) throw new ConfigurationError(`table ${spec.name.join(".")}: it has no softDelete()`);
  const set = assignments(spec, columns, { [column]: null }, inner.context.dialect);
  const deleted = sql`${columns.of(column)} is not null`;
  return sql`update ${columns.table} set ${set} where ${sql.and([condition, deleted])}`;
}
