import type { SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { type ColumnInfo, DriverFault, isJsonText, type LogicalType, type ParameterValue } from "@nsj/mdb-core";

/** What a declared type means, and how its values are stored. The first that fits counts. */
const declaredTypes: readonly (readonly [pattern: RegExp, type: LogicalType, stored: readonly string[]])[] = [
  [/^timestamptz/i, "timestamptz", ["string"]],
  [/^(timestamp|datetime)/i, "timestamp", ["string"]],
  [/^date/i, "date", ["string"]],
  [/^time/i, "time", ["string"]],
  [/^json/i, "json", ["string"]],
  [/^uuid/i, "uuid", ["string"]],
  [/^(decimal|numeric)/i, "decimal", ["string", "number", "bigint"]],
  [/int/i, "integer", ["bigint"]],
  [/char|clob|text/i, "string", ["string"]],
  [/blob/i, "bytes", ["object"]],
  [/real|floa|doub/i, "float", ["number"]],
];

/** The columns of a statement that has run. A column may hold anything in SQLite, whatever it declares: then it goes by its values. */
export function columnsOf(statement: StatementSync, rows: readonly SQLOutputValue[][]): readonly ColumnInfo[] {
  return statement.columns().map(({ name, type }, index) => {
    const declared = declaredTypes.find(([pattern]) => type !== null && pattern.test(type));
    const fits = rows.every((row) => row[index] === null || declared?.[2].includes(typeof row[index]));
    return { name, databaseType: type ?? "", type: declared !== undefined && fits ? declared[1] : "dynamic" };
  });
}

/** Puts a row into the canonical forms of its columns. */
export function canonicalRow(row: readonly SQLOutputValue[], columns: readonly ColumnInfo[]): unknown[] {
  return row.map((value, index) => {
    if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    // SQLite's own functions take a time without an offset for UTC.
    const needsOffset = typeof value === "string" && columns[index]?.type === "timestamptz";
    return needsOffset && !/(Z|[+-]\d\d(:?\d\d)?)$/.test(value) ? `${value}Z` : value;
  });
}

/** A parameter as SQLite stores it. */
export function toSqlite(value: ParameterValue): SQLInputValue {
  if (typeof value === "boolean") return value ? 1n : 0n;
  // A number would be REAL, which prints as 1.0 and in a text column stays that.
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
    throw new DriverFault("an integer of more than 64 bits", { kind: "value" });
  }
  if (value instanceof Date) return value.toISOString().replace("T", " ").slice(0, -1);
  return isJsonText(value) ? value.text : (value as SQLInputValue);
}
