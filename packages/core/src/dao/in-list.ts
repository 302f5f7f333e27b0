import type { DialectFacts } from "../driver/index.ts";
import { sql } from "../sql/index.ts";
import type { Columns } from "./columns.ts";
import { allOf, anyOf, type Condition } from "./condition.ts";

/** The column is one of these values, in as many lists as the engine needs. NULL among the values finds NULL. */
export function inList(
  values: readonly unknown[],
  columns: Columns,
  property: string,
  dialect: DialectFacts,
): Condition {
  const present = values.filter((value) => !isNull(value, dialect));
  const parts: Condition[] = chunks(present, dialect.maxInList).map((part) =>
    columns.listed(property, "in", part, dialect),
  );
  if (present.length < values.length) parts.push(sql`${columns.of(property)} is null`);
  return anyOf(parts);
}

/** The column is none of these values. NULL among the values leaves NULL out, which SQL does by itself. */
export function notInList(
  values: readonly unknown[],
  columns: Columns,
  property: string,
  dialect: DialectFacts,
): Condition {
  const present = values.filter((value) => !isNull(value, dialect));
  const parts: Condition[] = chunks(present, dialect.maxInList).map((part) =>
    columns.listed(property, "not in", part, dialect),
  );
  if (present.length < values.length) parts.push(sql`${columns.of(property)} is not null`);
  return allOf(parts);
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
