import type { DialectFacts, ExactPlace, StoredForm } from "@nsj/mdb-core";
import { plans } from "./plans.ts";

// SQLite has neither dates nor UUIDs, and every program stores them in forms of its own. https://sqlite.org/lang_datefunc.html

/** Whatever follows the day is not read. */
const date: StoredForm = Object.freeze<StoredForm>({
  alike: "substr($, 1, 10)",
  near: ["substr($, 1, 10)", "substr($, 1, 10) || '~'"],
});

/** With `T` or a blank, with a zone or in UTC, with any number of digits; a zone moves the day by one at most. */
const moment: StoredForm = Object.freeze<StoredForm>({
  alike: "strftime('%Y-%m-%d %H:%M:%f', $)",
  // Behind the year 9999 SQLite's calendar ends, and there is no date to compare with.
  near: ["date($, '-1 day')", "coalesce(date($, '+2 days'), '~')"],
});

/** As text in lower or upper case, or as 16 bytes. */
const uuid: StoredForm = Object.freeze({
  alike: "case typeof($) when 'blob' then lower(hex($)) else replace(lower($), '-', '') end",
  equal: ["$", "lower($)", "upper($)", "unhex($, '-')"],
});

const asStored: ExactPlace = Object.freeze({ read: "+$", write: "$" });

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
  returning: Object.freeze({ insert: "returning", update: "returning", delete: "returning" } as const),
  upsert: "on-conflict",
  upsertInserted: null,
  patternMatch: "glob",
  nullsSort: "low",
  emptyStringIsNull: false,
  nonFinite: Object.freeze({ infinity: "9e999", minusInfinity: "-9e999" }),
  storedForms: Object.freeze({ date, timestamp: moment, timestamptz: moment, uuid }),
  // Rows are sorted as they are stored, and a unary plus gives a value as it is stored.
  exactPlaces: Object.freeze({
    date: asStored,
    timestamp: asStored,
    timestamptz: asStored,
    time: asStored,
    uuid: asStored,
  }),
  arrayParameters: false,
  // Without the word, the key of a row that was deleted may come again.
  columnTypes: Object.freeze({ generatedKey: "integer primary key autoincrement" }),
  booleanType: "integer",
  transactionalDdl: true,
  selectNeedsFrom: null,
  lexical: Object.freeze(["brackets", "backticks"] as const),
  plans,
} satisfies DialectFacts);

/** A name in SQLite's quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
