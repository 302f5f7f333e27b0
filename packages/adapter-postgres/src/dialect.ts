import type { Capabilities, DialectFacts } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";
import { plans } from "./plans.ts";

/** What is special about PostgreSQL's SQL. */
export const dialect: DialectFacts = Object.freeze({
  placeholder: "dollar",
  quote: Object.freeze(['"', '"'] as const),
  foldCase: "lower",
  // NAMEDATALEN - 1; the server cuts longer names off, with a notice only.
  maxIdentifier: Object.freeze({ length: 63, unit: "bytes" } as const),
  // The Bind message counts parameters in 16 bits.
  maxParameters: 65_535,
  maxInList: 65_535,
  maxRowsPerValues: 65_535,
  limit: "limit-offset",
  returning: Object.freeze({ insert: "returning", update: "returning", delete: "returning" } as const),
  upsert: "on-conflict",
  upsertInserted: "(xmax = 0)",
  patternMatch: "like",
  nullsSort: "high",
  emptyStringIsNull: false,
  finerThanDate: Object.freeze(["timestamp", "timestamptz"] as const),
  nonFinite: Object.freeze({
    nan: "'NaN'::float8",
    infinity: "'Infinity'::float8",
    minusInfinity: "'-Infinity'::float8",
  }),
  arrayParameters: true,
  checkDeferred: "set constraints all immediate",
  columnTypes: Object.freeze({ longBytes: "bytea" }),
  booleanType: "native",
  transactionalDdl: true,
  selectNeedsFrom: null,
  lexical: Object.freeze(["dollarQuotes", "backslashEscapes", "nestedComments", "slices"] as const),
  plans,
});

/** What this driver can do. */
export const capabilities: Capabilities = Object.freeze({
  concurrency: "pipelined",
  execution: "async",
  cancel: "out-of-band",
  stream: "cursor",
  reset: "round-trip",
  noticesSessionChanges: true,
  prepared: true,
  executeMany: true,
  bulkLoad: true,
  savepoints: "full",
  // The server runs "read uncommitted" as "read committed", which is stronger. "snapshot" has no name of its own here.
  isolation: Object.freeze(["read uncommitted", "read committed", "repeatable read", "serializable"] as const),
  readOnlyTransactions: true,
  deferrableTransactions: true,
  multipleResultSets: true,
  procedures: true,
  context: Object.freeze(["schema", "settings", "role"] as const),
  fates: true,
  branches: "at-commit",
});

/** An identifier in double quotes. @throws DriverFault for a zero byte, which would end the statement there */
export function quoteIdentifier(name: string): string {
  if (name.includes("\0")) throw refusal("syntax", "an identifier contains a zero byte");
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name of several parts, each quoted. */
export function quoteName(parts: readonly string[]): string {
  return parts.map(quoteIdentifier).join(".");
}
