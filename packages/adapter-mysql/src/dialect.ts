import type { Capabilities, DialectFacts } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";
import { mariadbPlans, mysqlPlans } from "./plans.ts";

/** Rows are sorted by the numbers of their words, and words are compared as texts. */
const numbered = Object.freeze({ read: "cast($ as unsigned)", write: "$" } as const);

const common = Object.freeze({
  placeholder: "question",
  quote: Object.freeze(["`", "`"] as const),
  foldCase: "none",
  maxIdentifier: Object.freeze({ length: 64, unit: "chars" } as const),
  // The protocol counts parameters in 16 bits.
  maxParameters: 65_535,
  maxInList: 65_535,
  maxRowsPerValues: 65_535,
  limit: "limit-offset",
  emptyInsert: "() values ()",
  // A repeatable read sees what others have committed since in writes only.
  lockingRead: "for update",
  upsert: "on-duplicate-key",
  upsertInserted: null,
  patternMatch: "like",
  nullsSort: "low",
  emptyStringIsNull: false,
  arrayParameters: false,
  // A text beside a DECIMAL column is compared as a DOUBLE.
  typedParameters: true,
  finerThanDate: Object.freeze(["datetime", "timestamp"] as const),
  lastYear: 9_999,
  exactPlaces: Object.freeze({ enum: numbered, set: numbered }),
  columnTypes: Object.freeze({
    // Without digits, because MySQL takes a default of `current_timestamp` for as many as the column has.
    moment: "datetime",
    generatedKey: "bigint auto_increment primary key",
    longText: "longtext",
    longBytes: "longblob",
    // Whatever is the default of the server, and of the database.
    afterColumns: "engine = InnoDB default character set = utf8mb4",
  }),
  booleanType: "native",
  transactionalDdl: false,
  selectNeedsFrom: null,
  lexical: Object.freeze([
    "backticks",
    "backslashStrings",
    "hashComments",
    "spacedDashes",
    "executableComments",
  ] as const),
} as const);

/** What is special about MariaDB's SQL. */
export const mariadbDialect: DialectFacts = Object.freeze({
  ...common,
  returning: Object.freeze({ insert: "returning", update: "none", delete: "returning" } as const),
  plans: mariadbPlans,
});

/** What is special about MySQL's SQL. */
export const mysqlDialect: DialectFacts = Object.freeze({
  ...common,
  returning: Object.freeze({ insert: "none", update: "none", delete: "none" } as const),
  plans: mysqlPlans,
});

/** Without MariaDB's `innodb_snapshot_isolation`, InnoDB's repeatable read loses updates; then it is not offered. */
const levels = ["read uncommitted", "read committed", "serializable"] as const;
export const lossyLevels = Object.freeze([...levels] as const);
export const exactLevels = Object.freeze([
  "read uncommitted",
  "read committed",
  "repeatable read",
  "serializable",
] as const);

/** What the driver can do on MySQL. */
export const mysqlCapabilities: Capabilities = Object.freeze({
  concurrency: "single",
  execution: "async",
  cancel: "out-of-band",
  stream: "socket",
  reset: "round-trip",
  noticesSessionChanges: true,
  prepared: true,
  executeMany: true,
  bulkLoad: true,
  savepoints: "full",
  isolation: lossyLevels,
  readOnlyTransactions: true,
  deferrableTransactions: false,
  // A text of several statements is what an injection needs; both servers let it be turned off, and so it is.
  multipleResultSets: false,
  procedures: true,
});

/** What the driver can do on MariaDB. */
export const mariadbCapabilities: Capabilities = Object.freeze({
  ...mysqlCapabilities,
  isolation: exactLevels,
  branches: "from-begin",
});

/** An identifier in backticks. @throws DriverFault for a zero byte, which no name can hold */
export function quoteIdentifier(name: string): string {
  if (name.includes("\0")) throw refusal("syntax", "an identifier contains a zero byte");
  return `\`${name.replaceAll("`", "``")}\``;
}

/** A name of several parts, each quoted. */
export function quoteName(parts: readonly string[]): string {
  return parts.map(quoteIdentifier).join(".");
}
