import { type Capabilities, type DialectFacts, noCapabilities } from "@nsj/mdb-core";

export const dialect: DialectFacts = Object.freeze<DialectFacts>({
  placeholder: "question",
  quote: ['"', '"'],
  foldCase: "none",
  maxIdentifier: { length: 1_000, unit: "bytes" },
  maxParameters: 32_766,
  maxInList: 32_766,
  maxRowsPerValues: 32_766,
  limit: "limit-offset",
  returning: { insert: "returning", update: "returning", delete: "returning" },
  upsert: "on-conflict",
  upsertInserted: null,
  patternMatch: "glob",
  nullsSort: "low",
  emptyStringIsNull: false,
  // Text has no type: two forms of one instant, or of one UUID, are equal by what they say. Rows are sorted as they are stored.
  storedForms: {
    timestamptz: {
      alike: "strftime('%Y-%m-%d %H:%M:%f', $)",
      near: ["date($, '-1 day')", "coalesce(date($, '+2 days'), '~')"],
    },
    uuid: { alike: "replace(lower($), '-', '')", equal: ["$", "lower($)", "upper($)"] },
  },
  // A timestamp without a zone is compared as the text that it is.
  finerThanDate: ["timestamp"],
  lastYear: 9_999,
  exactPlaces: { timestamptz: { read: "+$", write: "$" }, uuid: { read: "+$", write: "$" } },
  arrayParameters: false,
  booleanType: "integer",
  transactionalDdl: true,
  selectNeedsFrom: null,
  lexical: ["brackets", "backticks"],
});

export const capabilities: Capabilities = Object.freeze<Capabilities>({
  ...noCapabilities,
  execution: "sync",
  isolation: ["serializable"],
  readOnlyTransactions: true,
  savepoints: "full",
  prepared: true,
  stream: "cursor",
  reset: "round-trip",
  noticesSessionChanges: false,
});
