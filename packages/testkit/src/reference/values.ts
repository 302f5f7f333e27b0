import { isJsonText, type LogicalType, type ParameterValue } from "@nsj/mdb-core";
import { EngineError } from "../engine/engine-error.ts";
import type { EngineValue } from "../engine/engine-result.ts";

/** The types that a table of the small engine may declare. Their names decide how SQLite keeps the values: exact ones as text. */
const logicalTypeOf: Readonly<Record<string, LogicalType>> = {
  integer: "integer",
  bigint: "integer",
  decimal_text: "decimal",
  real: "float",
  boolean_int: "boolean",
  text: "string",
  bytes_blob: "bytes",
  date_text: "date",
  time_text: "time",
  timestamp_text: "timestamp",
  timestamptz_text: "timestamptz",
  json_text: "json",
  uuid_text: "uuid",
};

/** The rule of the type contract for a declared type. */
export function logicalType(declaredType: string): LogicalType {
  return logicalTypeOf[declaredType.toLowerCase()] ?? "dynamic";
}

/** A parameter as the engine keeps it. */
export function encode(value: ParameterValue): EngineValue {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case "bigint":
      if (value !== BigInt.asIntN(64, value)) throw new EngineError("VALUE", "an integer beyond 64 bits");
      return value;
    case "boolean":
      return value ? 1n : 0n;
  }
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString().replace("T", " ").replace("Z", "");
  if (value instanceof Uint8Array) return value;
  if (isJsonText(value)) return value.text;
  throw new EngineError("PARAMETER", "the engine takes no arrays");
}

/** A value of a row in the canonical form of its column. */
export function decode(value: EngineValue, type: LogicalType): unknown {
  if (value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (type === "boolean") return value !== 0 && value !== 0n;
  if (type === "timestamptz" && typeof value === "string" && !/(?:[+-]\d\d(?::?\d\d)?|Z)$/.test(value)) {
    return `${value}Z`;
  }
  return value;
}
