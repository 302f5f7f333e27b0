import type { DialectFacts } from "../driver/index.ts";
import { type Identifier, type Sql, type SqlValue, sql } from "../sql/index.ts";

/** One column of an order. */
export interface OrderColumn {
  readonly property: string;
  readonly column: Identifier;
  readonly direction: "asc" | "desc";
  /** A column of the primary key, which is never NULL. */
  readonly isKey: boolean;
}

/** `order by a, b desc`. */
export function orderBy(order: readonly OrderColumn[]): Sql {
  const parts = order.map(({ column, direction }) => (direction === "asc" ? sql`${column}` : sql`${column} desc`));
  return sql`order by ${sql.join(parts)}`;
}

/**
 * The rows behind `position` in the order: (a > x) or (a = x and b > y) or ..., with NULL in the place where the engine sorts it.
 * The method is known as keyset or seek pagination (M. Winand, "We need tool support for keyset pagination", use-the-index-luke.com).
 */
export function behind(order: readonly OrderColumn[], position: readonly SqlValue[], dialect: DialectFacts): Sql {
  const alternatives: Sql[] = [];
  for (let index = 0; index < order.length; index++) {
    const last = after(order[index] as OrderColumn, position[index] ?? null, dialect);
    if (last === undefined) continue;
    const before = order.slice(0, index).map((column, at) => same(column, position[at] ?? null));
    alternatives.push(sql.and([...before, last]));
  }
  return sql.or(alternatives);
}

function after({ column, direction, isKey }: OrderColumn, value: SqlValue, dialect: DialectFacts): Sql | undefined {
  const nullsLast = (dialect.nullsSort === "high") === (direction === "asc");
  if (value === null) return nullsLast ? undefined : sql`${column} is not null`;
  const beyond = direction === "asc" ? sql`${column} > ${value}` : sql`${column} < ${value}`;
  return isKey || !nullsLast ? beyond : sql`(${beyond} or ${column} is null)`;
}

function same({ column }: OrderColumn, value: SqlValue): Sql {
  return value === null ? sql`${column} is null` : sql`${column} = ${value}`;
}
