import type { CallParameter, LogicalType } from "@nsj/mdb-core";
import type { NativeTypeName } from "./native.ts";
import { exactText } from "./returning.ts";
import { bindTypeOf, exactNumber, intervalText, shortFloat, unconstrainedNumber } from "./values.ts";

/** What an output holds, and how its value, which is not NULL, becomes canonical. */
export interface OutputKind {
  readonly type: LogicalType;
  readonly convert: (value: unknown) => unknown;
}

const same = (value: unknown) => value;
const number = (value: unknown) => exactNumber(exactText(value));
const dynamic: OutputKind = { type: "dynamic", convert: (value) => unconstrainedNumber(exactText(value)) };

/** What an output parameter holds, by the type that it was given, or else by the value that it goes in with. */
export function outputKind({ type, value }: CallParameter): OutputKind {
  if (type === undefined) return kindOfValue(value);
  const name = type.toLowerCase().trim();
  if (name === "json") return { type: "json", convert: same };
  return kindOfType(bindTypeOf(type), name);
}

function kindOfValue(value: CallParameter["value"]): OutputKind {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return dynamic;
  if (value instanceof Date) return { type: "timestamp", convert: same };
  return { type: value instanceof Uint8Array ? "bytes" : "string", convert: same };
}

function kindOfType(native: NativeTypeName, name: string): OutputKind {
  switch (native) {
    case "NUMBER":
      return numberKind(name);
    case "BINARY_DOUBLE":
      return { type: "float", convert: same };
    case "BINARY_FLOAT":
      return { type: "float", convert: shortFloat };
    case "DATE":
    case "TIMESTAMP":
      return { type: "timestamp", convert: same };
    case "TIMESTAMP_TZ":
    case "TIMESTAMP_LTZ":
      return { type: "timestamptz", convert: same };
    case "RAW":
    case "BLOB":
      return { type: "bytes", convert: same };
    case "BOOLEAN":
      return { type: "boolean", convert: same };
    case "INTERVAL_DS":
    case "INTERVAL_YM":
      return { type: "interval", convert: intervalText };
    default:
      return { type: "string", convert: same };
  }
}

function numberKind(name: string): OutputKind {
  if (/^(float|real|double)/.test(name)) return { type: "float", convert: number };
  if (/^(number|numeric|decimal)\s*\(\s*\d+\s*,\s*[1-9]/.test(name)) return { type: "decimal", convert: number };
  return dynamic;
}
