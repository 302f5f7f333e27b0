import type { Capabilities, DialectFacts } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";

/** What is special about Oracle's SQL, from version 12.1 on. */
export const dialect: DialectFacts = Object.freeze({
  placeholder: "colon-number",
  quote: Object.freeze(['"', '"'] as const),
  quoteInNames: false,
  foldCase: "upper",
  // 30 before version 12.2, where the server refuses a longer one with ORA-00972.
  maxIdentifier: Object.freeze({ length: 128, unit: "bytes" } as const),
  // The protocol counts the binds of a statement in 16 bits.
  maxParameters: 65_535,
  // ORA-01795: maximum number of expressions in a list is 1000
  maxInList: 1000,
  sharedPlans: true,
  // Several rows of VALUES are understood from version 23 on.
  maxRowsPerValues: 1,
  limit: "offset-fetch",
  returning: Object.freeze({ insert: "returning-into", update: "returning-into", delete: "returning-into" } as const),
  // Oracle has no DEFAULT VALUES.
  emptyInsert: "($) values (default)",
  upsert: "merge",
  // MERGE gives nothing back before version 23.
  upsertInserted: null,
  patternMatch: "like",
  nullsSort: "high",
  emptyStringIsNull: true,
  typedParameters: true,
  arrayParameters: false,
  booleanType: "number",
  transactionalDdl: false,
  selectNeedsFrom: "dual",
  lexical: Object.freeze(["qQuotes"] as const),
});

/** What this driver can do. */
export const capabilities: Capabilities = Object.freeze({
  concurrency: "single",
  execution: "async",
  cancel: "in-band",
  stream: "cursor",
  reset: "round-trip",
  noticesSessionChanges: true,
  prepared: true,
  executeMany: true,
  bulkLoad: true,
  savepoints: "no-release",
  // What Oracle calls SERIALIZABLE is a snapshot: two transactions can each rely on what the other one changes.
  isolation: Object.freeze(["read committed", "snapshot"] as const),
  readOnlyTransactions: true,
  deferrableTransactions: false,
  multipleResultSets: false,
  procedures: true,
});

/** A lower-case name that needs no quotes, which Oracle stores in upper case. */
const foldable = /^[a-z][a-z0-9_$#]*$/;

/** A name in quotes, exactly as it is. @throws DriverFault for a name with a double quote, which Oracle knows no way to write */
export function quoteName(parts: readonly string[]): string {
  if (parts.some((part) => part.includes('"'))) throw refusal("parameter", "a name holds a double quote");
  return parts.map((part) => `"${part}"`).join(".");
}

/** A name as Oracle stores it where somebody wrote it in lower case and without quotes. */
export function storedName(name: string): string {
  return foldable.test(name) ? name.toUpperCase() : name;
}
