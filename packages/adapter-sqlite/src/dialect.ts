import type { DialectFacts } from "@nsj/mdb-core";

/** What is special in SQLite's SQL. The limits are those that better-sqlite3 is built with. */
export const sqliteDialect: DialectFacts = Object.freeze({
  placeholder: "question",
  quote: Object.freeze(['"', '"'] as const),
  foldCase: "none",
  // SQLite has no limit of its own; this one keeps names within reason.
  maxIdentifier: Object.freeze({ length: 1_000, unit: "chars" } as const),
  // SQLITE_MAX_VARIABLE_NUMBER
  maxParameters: 32_766,
  maxInList: 32_766,
  // A VALUES list is not a compound SELECT for SQLITE_MAX_COMPOUND_SELECT.
  maxRowsPerValues: 32_766,
  limit: "limit-offset",
  returning: "returning",
  upsert: "on-conflict",
  upsertInserted: null,
  patternMatch: "glob",
  nullsSort: "low",
  emptyStringIsNull: false,
  arrayParameters: false,
  booleanType: "integer",
  transactionalDdl: true,
  selectNeedsFrom: null,
  lexical: Object.freeze(["brackets", "backticks"] as const),
} satisfies DialectFacts);

/** A name in SQLite's quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
