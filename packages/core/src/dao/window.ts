import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { type Sql, sql } from "../sql/index.ts";

/** A part of the rows: `limit` of them behind the first `offset`. */
export interface Window {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** The clause for a window, behind ORDER BY; empty without one. @throws ParameterError for a number that is no count */
export function windowClause({ limit, offset }: Window, dialect: DialectFacts): Sql {
  checkCount("limit", limit);
  checkCount("offset", offset);
  if (limit === undefined && offset === undefined) return sql.empty;
  if (dialect.limit === "limit-offset") {
    if (offset === undefined) return sql` limit ${limit as number}`;
    // SQLite has no OFFSET without LIMIT.
    return sql` limit ${limit ?? Number.MAX_SAFE_INTEGER} offset ${offset}`;
  }
  const skip = sql` offset ${offset ?? 0} rows`;
  return limit === undefined ? skip : sql`${skip} fetch next ${limit} rows only`;
}

/** An order for an engine that has no window without one. */
export function anyOrder(dialect: DialectFacts): Sql {
  return dialect.limit === "offset-fetch-needs-order" ? sql` order by (select null)` : sql.empty;
}

function checkCount(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
    throw new ParameterError(`"${name}" must be an integer of at least 0`, { parameters: [name] });
  }
}
