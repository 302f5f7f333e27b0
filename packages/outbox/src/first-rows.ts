import type { Database } from "@nsj/mdb-core";

/** What follows ORDER BY, so that the first rows come only. */
export function firstRows({ dialect }: Database, count: number): string {
  return dialect.limit === "limit-offset" ? `limit ${count}` : `offset 0 rows fetch next ${count} rows only`;
}
