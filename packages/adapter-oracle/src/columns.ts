import type { ColumnInfo, LogicalType } from "@nsj/mdb-core";
import { type NativeColumn, type NativeFetch, type NativeTypeName, nativeType, nativeTypeName } from "./native.ts";
import { exactNumber, intervalText, shortFloat, unconstrainedNumber } from "./values.ts";

/** A column of this engine. What core passes back to bind an output for it keeps the size. */
export interface OracleColumnInfo extends ColumnInfo {
  /** Bytes at most, for types of variable length. */
  readonly byteSize?: number;
}

/** How one column's values become canonical. */
export interface ColumnPlan {
  readonly info: OracleColumnInfo;
  /** `null`: they are already. Never called with NULL. */
  readonly convert: ((value: unknown) => unknown) | null;
}

/** As which type the driver fetches a column: numbers and LOBs as text and bytes, everything else as itself. */
export function fetchOf({ dbType, isJson }: NativeColumn): NativeFetch {
  const type = nativeTypeName(dbType);
  const asText = type === "NUMBER" || type === "CLOB" || type === "NCLOB" || type === "JSON" || type === "LONG";
  const fetched = asText ? nativeType("VARCHAR") : type === "BLOB" || type === "LONG_RAW" ? nativeType("RAW") : dbType;
  // Without a converter of ours a process-wide setting may parse the document, which loses digits.
  return isJson === true ? { type: fetched, converter: (value) => value } : { type: fetched };
}

/** What a column holds, and how to read it. */
export function planOf(column: NativeColumn): ColumnPlan {
  const name = nativeTypeName(column.dbType);
  const { type, convert } = kindOf(column, name);
  const info: OracleColumnInfo = {
    name: column.dbColumnName,
    databaseType: databaseTypeOf(column, name),
    type: column.isJson === true ? "json" : type,
    nullable: column.nullable,
    ...(name === "NUMBER" && column.precision ? { precision: column.precision } : {}),
    ...(name === "NUMBER" && column.scale !== undefined && column.scale !== unconstrainedScale
      ? { scale: column.scale }
      : {}),
    ...(column.byteSize === undefined ? {} : { byteSize: column.byteSize }),
  };
  return { info, convert };
}

/** The scale that stands for no scale. */
const unconstrainedScale = -127;

function kindOf(
  column: NativeColumn,
  name: NativeTypeName | undefined,
): { readonly type: LogicalType; readonly convert: ColumnPlan["convert"] } {
  switch (name) {
    case "NUMBER":
      return numberKind(column);
    case "BINARY_DOUBLE":
      return { type: "float", convert: null };
    case "BINARY_FLOAT":
      return { type: "float", convert: shortFloat };
    case "DATE":
    case "TIMESTAMP":
      return { type: "timestamp", convert: null };
    case "TIMESTAMP_TZ":
    case "TIMESTAMP_LTZ":
      return { type: "timestamptz", convert: null };
    case "RAW":
    case "LONG_RAW":
    case "BLOB":
      return { type: "bytes", convert: null };
    case "BOOLEAN":
      return { type: "boolean", convert: null };
    case "JSON":
      return { type: "json", convert: null };
    case "INTERVAL_DS":
    case "INTERVAL_YM":
      return { type: "interval", convert: intervalText };
    case "VARCHAR":
    case "NVARCHAR":
    case "CHAR":
    case "NCHAR":
    case "CLOB":
    case "NCLOB":
    case "LONG":
    case "LONG_NVARCHAR":
    case "ROWID":
    case "UROWID":
    case "XMLTYPE":
      return { type: "string", convert: null };
    default:
      return { type: "any", convert: null };
  }
}

/**
 * NUMBER(p, 0) is an integer, NUMBER(p, s) a decimal and FLOAT(p), which counts its precision in bits, a float. A NUMBER without precision,
 * as every expression is, holds both: there core goes by each value.
 */
function numberKind({ precision = 0, scale = 0 }: NativeColumn): ReturnType<typeof kindOf> {
  if (scale === unconstrainedScale) {
    return precision === 0 ? { type: "dynamic", convert: unconstrainedNumber } : { type: "float", convert: null };
  }
  if (precision === 0 && scale === 0) return { type: "dynamic", convert: unconstrainedNumber };
  return scale <= 0 ? { type: "integer", convert: null } : { type: "decimal", convert: exactNumber };
}

function databaseTypeOf(column: NativeColumn, name: NativeTypeName | undefined): string {
  if (name === "NUMBER" && column.scale === unconstrainedScale && column.precision) return "FLOAT";
  return column.dbTypeName;
}
