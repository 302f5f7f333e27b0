import { isJsonText, type ParameterHint, type ParameterValue, singlePrecision } from "@nsj/mdb-core";
import { parameterTypeOf } from "./column-parameters.ts";
import { UtcFields } from "./datetimes.ts";
import { refusal } from "./faults.ts";
import { type NativeBind, type NativeTypeName, nativeType } from "./native.ts";

/** NUMBER reaches from 1e-130 to just below 1e126; a double beyond that is bound as one. */
const largestNumber = 1e126;
const smallestNumber = 1e-130;

/** What a parameter is bound as. */
export interface BoundValue {
  readonly type: NativeTypeName;
  /** `null` for NULL. */
  readonly value: string | number | bigint | boolean | Date | Buffer | null;
}

/** A parameter as the driver takes it. @throws DriverFault for a value or type that cannot be bound */
export function toBind(value: ParameterValue, hint: ParameterHint | undefined): unknown {
  const type = typeNameOf(hint, value);
  const bound = boundValue(value, type);
  if (bound.value === null && type === undefined) return null;
  return { type: nativeType(bound.type), val: bound.value } satisfies NativeBind;
}

/** The type that was named for a parameter, or that its column asks for. */
export function typeNameOf(hint: ParameterHint | undefined, value: ParameterValue): string | undefined {
  return hint?.type ?? (hint?.column === undefined ? undefined : parameterTypeOf(hint.column, value));
}

/** A parameter with the type that follows from its value, or that somebody named. */
export function boundValue(value: ParameterValue, typeName?: string): BoundValue {
  const named = typeName === undefined ? undefined : bindTypeOf(typeName);
  if (value === null) return { type: named ?? "VARCHAR", value: null };
  if (named !== undefined && isText(named) && typeof value !== "object")
    return { type: named, value: plainText(value) };
  switch (typeof value) {
    case "string":
      return { type: "VARCHAR", value };
    case "number":
      return numberValue(value, named);
    case "bigint":
      return isBinary(named) ? { type: named, value: Number(value) } : { type: "NUMBER", value };
    case "boolean":
      // SQL knows no booleans before version 23; PL/SQL does, and wants them as such.
      return named === "BOOLEAN" ? { type: named, value } : { type: "NUMBER", value: value ? 1 : 0 };
    default:
      return objectValue(value, named);
  }
}

function plainText(value: string | number | bigint | boolean): string {
  return String(typeof value === "boolean" ? Number(value) : value);
}

function numberValue(value: number, named: NativeTypeName | undefined): BoundValue {
  if (isBinary(named)) return { type: named, value };
  const size = Math.abs(value);
  const fits = size === 0 || (size < largestNumber && size >= smallestNumber);
  return { type: fits ? "NUMBER" : "BINARY_DOUBLE", value };
}

function objectValue(
  value: Exclude<ParameterValue, string | number | bigint | boolean | null>,
  named: NativeTypeName | undefined,
): BoundValue {
  if (value instanceof Date) {
    // The driver would write the bytes of another year.
    const year = value.getUTCFullYear();
    if (year < 1 || year > 9_999) throw refusal("value", "a date lies outside of the years 1 to 9999");
    // With a zone the driver writes the fields of UTC by itself.
    if (named === "TIMESTAMP_TZ" || named === "TIMESTAMP_LTZ") return { type: named, value };
    return { type: named === "DATE" ? "DATE" : "TIMESTAMP", value: new UtcFields(value.getTime()) };
  }
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return bytes.length === 0
      ? { type: "RAW", value: null }
      : { type: named === "BLOB" ? "BLOB" : "RAW", value: bytes };
  }
  if (isJsonText(value)) return { type: named !== undefined && isText(named) ? named : "VARCHAR", value: value.text };
  throw refusal("parameter", "an array cannot be a value of Oracle's SQL; use sql.list for a list of values");
}

function isBinary(type: NativeTypeName | undefined): type is "BINARY_DOUBLE" | "BINARY_FLOAT" {
  return type === "BINARY_DOUBLE" || type === "BINARY_FLOAT";
}

function isText(type: NativeTypeName): boolean {
  return ["VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "CLOB", "NCLOB"].includes(type);
}

/** Type names as people write them, in lower case and without what is in parentheses. */
const bindTypes: Readonly<Record<string, NativeTypeName>> = {
  varchar2: "VARCHAR",
  varchar: "VARCHAR",
  string: "VARCHAR",
  text: "VARCHAR",
  nvarchar2: "NVARCHAR",
  nvarchar: "NVARCHAR",
  char: "CHAR",
  nchar: "NCHAR",
  clob: "CLOB",
  nclob: "NCLOB",
  character: "CHAR",
  "character varying": "VARCHAR",
  "char varying": "VARCHAR",
  "national character": "NCHAR",
  "national char": "NCHAR",
  "national character varying": "NVARCHAR",
  "national char varying": "NVARCHAR",
  "nchar varying": "NVARCHAR",
  "character large object": "CLOB",
  "national character large object": "NCLOB",
  long: "VARCHAR",
  xmltype: "VARCHAR",
  json: "VARCHAR",
  number: "NUMBER",
  numeric: "NUMBER",
  decimal: "NUMBER",
  integer: "NUMBER",
  int: "NUMBER",
  smallint: "NUMBER",
  bigint: "NUMBER",
  pls_integer: "NUMBER",
  binary_integer: "NUMBER",
  float: "NUMBER",
  real: "NUMBER",
  "double precision": "NUMBER",
  binary_double: "BINARY_DOUBLE",
  binary_float: "BINARY_FLOAT",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
  "timestamp with time zone": "TIMESTAMP_TZ",
  timestamptz: "TIMESTAMP_TZ",
  "timestamp with local time zone": "TIMESTAMP_LTZ",
  "interval day to second": "INTERVAL_DS",
  "interval year to month": "INTERVAL_YM",
  raw: "RAW",
  "long raw": "RAW",
  bytes: "RAW",
  blob: "BLOB",
  sys_refcursor: "CURSOR",
  "ref cursor": "CURSOR",
  refcursor: "CURSOR",
  cursor: "CURSOR",
  rowid: "VARCHAR",
  urowid: "VARCHAR",
};

/** The type that a name stands for: `"decimal(38,10)"`, `"timestamp(6) with time zone"`. @throws DriverFault for an unknown one */
export function bindTypeOf(name: string): NativeTypeName {
  const plain = name
    .toLowerCase()
    .replaceAll(/\s*\([^)]*\)/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const type = Object.hasOwn(bindTypes, plain) ? bindTypes[plain] : undefined;
  if (type === undefined) throw refusal("parameter", `"${name}" is no type that a value can be bound with`);
  return type;
}

/** A BINARY_FLOAT, which the driver gives as a double. */
export function shortFloat(value: unknown): unknown {
  return typeof value === "number" ? singlePrecision(value) : value;
}

/** The driver leaves out a zero before the point. */
export function exactNumber(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (value.startsWith(".")) return `0${value}`;
  return value.startsWith("-.") ? `-0${value.slice(1)}` : value;
}

/** A NUMBER of which only the value says whether it is an integer. */
export function unconstrainedNumber(value: unknown): unknown {
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : exactNumber(value);
}

/** An interval of the driver as Oracle writes it: with six digits of its seconds, or nine where it has them. */
export function intervalText(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Readonly<Record<string, number>>;
  const two = (name: string) => String(Math.abs(fields[name] ?? 0)).padStart(2, "0");
  const negative = Object.values(fields).some((field) => field < 0);
  if ("months" in fields) return `${negative ? "-" : "+"}${two("years")}-${two("months")}`;
  const fraction = String(Math.abs(fields["fseconds"] ?? 0))
    .padStart(9, "0")
    .replace(/(?<=^.{6})000$/, "");
  return `${negative ? "-" : "+"}${two("days")} ${two("hours")}:${two("minutes")}:${two("seconds")}.${fraction}`;
}
