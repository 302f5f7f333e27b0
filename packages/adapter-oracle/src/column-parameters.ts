import { type ColumnInfo, isJsonText, type ParameterValue } from "@nsj/mdb-core";

/** What can be bound as a string; longer ones are bound as a LOB. */
const longestString = 4_000;

/**
 * The type as which a value is best bound that is stored in a column or compared with it; `undefined` where the value's own will do.
 * CHAR is compared with its blanks unless both sides are CHAR, a DATE column's index does not serve for a TIMESTAMP, and national text
 * goes through the database's character set unless it is bound as such.
 * https://docs.oracle.com/en/database/oracle/oracle-database/23/sqlrf/Data-Type-Comparison-Rules.html
 */
export function parameterTypeOf({ databaseType }: ColumnInfo, value: ParameterValue): string | undefined {
  // A number too: beside one that is bound as a number, the server would take each row's text for a number.
  const isText = value === null || typeof value !== "object" || isJsonText(value);
  switch (databaseType) {
    case "CHAR":
    case "NCHAR":
      return isText ? databaseType.toLowerCase() : undefined;
    case "VARCHAR2":
    case "LONG":
      return isText && value !== null && typeof value !== "string" ? "varchar2" : undefined;
    case "NVARCHAR2":
    case "NCLOB":
      return isText && lengthOf(value) <= longestString ? "nvarchar2" : isText ? "nclob" : undefined;
    case "BINARY_FLOAT":
      // What such a column holds for 0.1 is no 0.1. What it cannot hold the driver would make infinite, and the server refuses it.
      return isNumber(value) && Number.isFinite(Math.fround(Number(value))) ? "binary_float" : undefined;
    case "DATE":
      // A DATE has no fraction: a moment within a second is another one.
      return value instanceof Date && value.getUTCMilliseconds() === 0 ? "date" : undefined;
    case "TIMESTAMP WITH TIME ZONE":
    case "TIMESTAMP WITH LOCAL TIME ZONE":
      return value instanceof Date ? "timestamp with time zone" : undefined;
    default:
      return undefined;
  }
}

function isNumber(value: ParameterValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function lengthOf(value: ParameterValue): number {
  if (typeof value === "string") return value.length;
  return isJsonText(value) ? value.text.length : 0;
}
