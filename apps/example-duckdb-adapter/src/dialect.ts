import { type Capabilities, type DialectFacts, noCapabilities } from "@nsj/mdb-core";

/** What is special about DuckDB's SQL. */
export const dialect: DialectFacts = Object.freeze<DialectFacts>({
  placeholder: "question",
  quote: ['"', '"'],
  foldCase: "none",
  maxIdentifier: { length: 1_000, unit: "bytes" },
  maxParameters: 65_535,
  maxInList: 65_535,
  maxRowsPerValues: 65_535,
  limit: "limit-offset",
  returning: { insert: "returning", update: "returning", delete: "returning" },
  upsert: "on-conflict",
  upsertInserted: null,
  patternMatch: "like",
  nullsSort: "high",
  emptyStringIsNull: false,
  finerThanDate: ["TIMESTAMP", "TIMESTAMP WITH TIME ZONE"],
  arrayParameters: false,
  typedParameters: true,
  booleanType: "native",
  transactionalDdl: true,
  selectNeedsFrom: null,
  lexical: ["dollarQuotes", "nestedComments"],
});

export const capabilities: Capabilities = Object.freeze<Capabilities>({
  ...noCapabilities,
  cancel: "in-band",
  isolation: ["snapshot"],
  readOnlyTransactions: true,
  stream: "cursor",
  reset: "round-trip",
});
