import type { DialectFacts } from "../driver/index.ts";
import { type Sql, sql } from "../sql/index.ts";

/** A float that no parameter can be, as SQL writes it; `undefined` for any other value. */
export function nonFiniteNumber(value: unknown, { nonFinite }: DialectFacts): Sql | undefined {
  if (typeof value !== "number" || Number.isFinite(value) || nonFinite === undefined) return undefined;
  const text = Number.isNaN(value) ? nonFinite.nan : value > 0 ? nonFinite.infinity : nonFinite.minusInfinity;
  return text === undefined ? undefined : sql.raw(text);
}
