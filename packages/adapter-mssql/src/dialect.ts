import type { Capabilities, DialectFacts } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";
import { plans } from "./plans.ts";

/** What is special about T-SQL. */
export const dialect: DialectFacts = Object.freeze({
  placeholder: "at-name",
  quote: Object.freeze(["[", "]"] as const),
  foldCase: "none",
  maxIdentifier: Object.freeze({ length: 128, unit: "chars" } as const),
  // 2 100 for each request; sp_executesql itself needs two of them.
  maxParameters: 2_098,
  maxInList: 2_098,
  sharedPlans: true,
  plans,
  maxRowsPerValues: 1_000,
  limit: "offset-fetch-needs-order",
  returning: Object.freeze({ insert: "output", update: "output", delete: "output" } as const),
  upsert: "merge",
  upsertInserted: "case $action when 'INSERT' then 1 else 0 end",
  patternMatch: "like",
  nullsSort: "low",
  emptyStringIsNull: false,
  finerThanDate: Object.freeze(["datetime2", "datetimeoffset"] as const),
  lastYear: 9_999,
  typedParameters: true,
  arrayParameters: false,
  columnTypes: Object.freeze({
    moment: "datetime2",
    generatedKey: "bigint identity primary key",
    text: "nvarchar",
    longText: "nvarchar(max)",
    longBytes: "varbinary(max)",
  }),
  booleanType: "bit",
  transactionalDdl: true,
  selectNeedsFrom: null,
  lexical: Object.freeze(["brackets", "nestedComments"] as const),
});

/** What this driver can do. */
export const capabilities: Capabilities = Object.freeze({
  concurrency: "single",
  execution: "async",
  cancel: "in-band",
  stream: "socket",
  reset: "round-trip",
  noticesSessionChanges: true,
  // The server keeps the plans of parameterized texts by itself.
  prepared: false,
  executeMany: false,
  bulkLoad: true,
  savepoints: "no-release",
  isolation: Object.freeze([
    "read uncommitted",
    "read committed",
    "repeatable read",
    "snapshot",
    "serializable",
  ] as const),
  readOnlyTransactions: false,
  deferrableTransactions: false,
  multipleResultSets: true,
  procedures: true,
  // A schema is that of the login, a role is taken on until the session ends, and a client has no name.
  context: Object.freeze(["settings"] as const),
});

/** An identifier in brackets. @throws DriverFault for a zero byte */
export function quoteIdentifier(name: string): string {
  if (name.includes("\0")) throw refusal("syntax", "an identifier contains a zero byte");
  return `[${name.replaceAll("]", "]]")}]`;
}

/** A name of several parts, each in brackets. */
export function quoteName(parts: readonly string[]): string {
  return parts.map(quoteIdentifier).join(".");
}
