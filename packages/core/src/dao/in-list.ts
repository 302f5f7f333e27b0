import type { DialectFacts } from "../driver/index.ts";
import { type Identifier, type Sql, type SqlValue, sql } from "../sql/index.ts";

/** `column in (...)`, cut into as many lists as the engine needs. NULL among the values finds NULL. */
export function inList(
  column: Identifier,
  values: readonly unknown[],
  encode: (value: unknown) => SqlValue,
  dialect: DialectFacts,
): Sql {
  const present = values.filter((value) => !isNull(value, dialect));
  const parts = chunks(present, dialect.maxInList).map((part) => sql`${column} in (${sql.list(part.map(encode))})`);
  if (present.length < values.length) parts.push(sql`${column} is null`);
  if (parts.length === 0) return sql`1 = 0`;
  return parts.length === 1 ? (parts[0] as Sql) : sql.or(parts);
}

/** `column not in (...)`, cut likewise. NULL among the values leaves NULL out, which SQL does by itself. */
export function notInList(
  column: Identifier,
  values: readonly unknown[],
  encode: (value: unknown) => SqlValue,
  dialect: DialectFacts,
): Sql {
  const present = values.filter((value) => !isNull(value, dialect));
  const parts = chunks(present, dialect.maxInList).map((part) => sql`${column} not in (${sql.list(part.map(encode))})`);
  if (present.length < values.length) parts.push(sql`${column} is not null`);
  if (parts.length === 0) return sql`1 = 1`;
  return parts.length === 1 ? (parts[0] as Sql) : sql.and(parts);
}

/** Consecutive parts of at most `size` elements. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

function isNull(value: unknown, dialect: DialectFacts): boolean {
  return value === null || (value === "" && dialect.emptyStringIsNull);
}
