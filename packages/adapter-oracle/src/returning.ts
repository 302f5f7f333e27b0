import { type ColumnInfo, DriverFault, type ResultSet } from "@nsj/mdb-core";
import type { OracleColumnInfo } from "./columns.ts";
import { isLob, readLob } from "./lobs.ts";
import { type NativeBind, type NativeTypeName, native, nativeType } from "./native.ts";
import { exactNumber, intervalText, shortFloat, unconstrainedNumber } from "./values.ts";

/** The longest string that SQL can give back through a bind. */
const longestString = 32_767;

/** The longest string of a column, in bytes, in a database with the usual MAX_STRING_SIZE. */
const longestOfColumn = 4000;

const bindTypes: Readonly<Record<string, NativeTypeName>> = {
  DATE: "DATE",
  TIMESTAMP: "TIMESTAMP",
  "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_TZ",
  "TIMESTAMP WITH LOCAL TIME ZONE": "TIMESTAMP_LTZ",
  BINARY_DOUBLE: "BINARY_DOUBLE",
  BINARY_FLOAT: "BINARY_FLOAT",
  RAW: "RAW",
  CLOB: "CLOB",
  NCLOB: "NCLOB",
  BLOB: "BLOB",
  NVARCHAR2: "NVARCHAR",
  // A place of NCHAR would be filled with blanks.
  NCHAR: "NVARCHAR",
  BOOLEAN: "BOOLEAN",
  "INTERVAL DAY TO SECOND": "INTERVAL_DS",
  "INTERVAL YEAR TO MONTH": "INTERVAL_YM",
};

/** A place for a column's value. A NUMBER comes as text: the driver makes a double of one that comes through a bind. */
export function outputFor(column: ColumnInfo): NativeBind {
  const type = bindTypes[column.databaseType] ?? "VARCHAR";
  const sized = type === "VARCHAR" || type === "NVARCHAR" || type === "NCHAR" || type === "RAW";
  return { dir: native.BIND_OUT, type: nativeType(type), ...(sized ? { maxSize: sizeOf(column) } : {}) };
}

function sizeOf(column: OracleColumnInfo): number {
  const { databaseType, byteSize } = column;
  if (databaseType === "NUMBER" || databaseType === "FLOAT") return 64;
  if (!byteSize) return longestString;
  if (databaseType === "RAW" || byteSize > longestOfColumn) return byteSize;
  // A database in another character set counts its own bytes; here each of them may become four.
  return Math.min(byteSize * 4, longestOfColumn);
}

/** What RETURNING ... INTO gave: per column the values of all rows, as rows. */
export async function rowsOf(
  columns: readonly ColumnInfo[],
  outputs: readonly unknown[],
  affected: number | null,
): Promise<ResultSet> {
  const byColumn = outputs.map((values) => (Array.isArray(values) ? (values as unknown[]) : [values]));
  const count = byColumn[0]?.length ?? 0;
  const rows: unknown[][] = [];
  for (let index = 0; index < count; index++) {
    const row: unknown[] = [];
    for (const [position, column] of columns.entries())
      row.push(await returnedValue(column, byColumn[position]?.[index]));
    rows.push(row);
  }
  return { columns, rows, affected };
}

async function returnedValue(column: ColumnInfo, value: unknown): Promise<unknown> {
  if (value === null || value === undefined) return null;
  if (isLob(value)) return readLob(value);
  switch (column.type) {
    case "dynamic":
      return unconstrainedNumber(exactText(value));
    case "decimal":
    case "integer":
      return exactNumber(exactText(value));
    case "float":
      return column.databaseType === "BINARY_FLOAT" ? shortFloat(value) : value;
    case "interval":
      return intervalText(value);
    default:
      return value;
  }
}

/** Digits that the server writes of a number for which it needs an exponent. */
const digitsBesideExponent = 35;

/**
 * The digits of a number that the server has written as text, without an exponent.
 * @throws DriverFault for a number that the server may have rounded, which it does beyond 10^40 and 35 digits
 */
export function exactText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const match = /^(-?)(\d)?\.?(\d*)E([+-]\d+)$/.exec(value.trim());
  if (match === null) return value;
  const [, sign = "", first = "", rest = "", exponentText = "0"] = match;
  const digits = first + rest;
  if (digits.replace(/0+$/, "").length >= digitsBesideExponent) {
    const message = "the server gives a number of this size back rounded; read it by a query instead";
    throw new DriverFault(message, { kind: "value", executed: "yes" });
  }
  const point = first.length + Number(exponentText);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`.replace(/\.?0+$/, "");
  if (point >= digits.length) return sign + digits.padEnd(point, "0");
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`.replace(/\.?0+$/, "");
}
