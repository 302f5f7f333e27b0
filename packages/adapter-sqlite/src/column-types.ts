import type { ColumnInfo, LogicalType } from "@nsj/mdb-core";
import type { NativeColumn } from "./native.ts";

/** Declared types by their whole name. Everything else goes by SQLite's own rules of affinity. */
const byName: ReadonlyMap<string, LogicalType> = new Map([
  ["DATE", "date"],
  ["TIME", "time"],
  ["DATETIME", "timestamp"],
  ["DATETIME2", "timestamp"],
  ["SMALLDATETIME", "timestamp"],
  ["TIMESTAMP", "timestamp"],
  ["TIMESTAMP WITHOUT TIME ZONE", "timestamp"],
  ["TIMESTAMPTZ", "timestamptz"],
  ["TIMESTAMP WITH TIME ZONE", "timestamptz"],
  ["DATETIMEOFFSET", "timestamptz"],
  ["JSON", "json"],
  ["JSONB", "json"],
  ["UUID", "uuid"],
  ["UNIQUEIDENTIFIER", "uuid"],
  // SQLite has no booleans: a DAO declares which of its columns are.
  ["BOOLEAN", "integer"],
  ["BOOL", "integer"],
  ["BIT", "integer"],
  ["MONEY", "decimal"],
]);

/** In this order; the first that matches decides. */
const byPattern: readonly (readonly [RegExp, LogicalType])[] = [
  [/^(?:DECIMAL|NUMERIC|NUMBER)\b/, "decimal"],
  // Narrower than affinity, which finds INT in POINT and INTERVAL too.
  [/^(?:UNSIGNED )?(?:BIG |TINY|SMALL|MEDIUM|BIG)?INT(?:EGER|\d+)?\b/, "integer"],
  [/CHAR|CLOB|TEXT/, "string"],
  [/BLOB|BINARY|BYTEA/, "bytes"],
  [/REAL|FLOA|DOUB/, "float"],
];

/**
 * The logical type of a declared type. A trailing `_TEXT` gives the column text affinity, so that SQLite keeps a value as it is
 * written, and leaves the logical type what it is: `DECIMAL_TEXT` is an exact decimal of any length, `JSON_TEXT` an untouched document.
 */
export function logicalTypeOf(declared: string | null): LogicalType {
  if (declared === null) return "dynamic";
  const name = declared
    .toUpperCase()
    .replace(/\([^)]*\)/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return (name.endsWith("_TEXT") ? typeNamed(name.slice(0, -5)) : undefined) ?? typeNamed(name) ?? "dynamic";
}

function typeNamed(name: string): LogicalType | undefined {
  return byName.get(name) ?? byPattern.find(([pattern]) => pattern.test(name))?.[1];
}

/** What core is told about a column. */
export function describeColumn({ name, type: declared }: NativeColumn): ColumnInfo {
  const digits = declared === null ? null : /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(declared);
  const type = logicalTypeOf(declared);
  return {
    name,
    databaseType: declared ?? "",
    type,
    ...(type === "decimal" && digits?.[1] !== undefined && { precision: Number(digits[1]) }),
    ...(type === "decimal" && digits?.[2] !== undefined && { scale: Number(digits[2]) }),
  };
}
