import type { BackingValue } from "../../shared/backing-cursor.ts";
import type { OracleType, OracleValue } from "../values/oracle-type.ts";
import { literal } from "./sql/names.ts";
import { placeholderPattern } from "./sql/token-stream.ts";

/** A value for a placeholder. */
export interface TypedValue {
  readonly type: OracleType;
  readonly value: OracleValue;
}

/** A text for PostgreSQL with its values. */
export interface RenderedText {
  readonly text: string;
  readonly values: readonly BackingValue[];
}

/** Puts parameters in the place of placeholders. A placeholder that the text repeats is one parameter. */
export function render(sql: string, resolve: (placeholder: number) => TypedValue): RenderedText {
  const values: BackingValue[] = [];
  const numbers = new Map<number, string>();
  const text = sql.replace(placeholderPattern, (_, digits: string) => {
    const index = Number(digits);
    let parameter = numbers.get(index);
    if (parameter === undefined) {
      const { type, value } = resolve(index);
      values.push(inputOf(type, value));
      parameter = `$${values.length}${castOf(type)}`;
      numbers.set(index, parameter);
    }
    return parameter;
  });
  return { text, values };
}

/** Puts the values themselves in the place of placeholders. */
export function renderWithValues(sql: string, resolve: (placeholder: number) => TypedValue): string {
  return sql.replace(placeholderPattern, (_, digits: string) => {
    const { type, value } = resolve(Number(digits));
    const input = inputOf(type, value);
    return `${input === null ? "NULL" : literal(input)}${castOf(type)}`;
  });
}

/** Text in a comparison or an assignment is converted by its place: see the casts and operators of the set-up. */
function castOf(type: OracleType): string {
  switch (type) {
    case "NUMBER":
    case "BINARY_INTEGER":
      return "::numeric";
    case "DATE":
      return "::ora.date";
    case "TIMESTAMP":
      return "::timestamp";
    case "TIMESTAMP WITH TIME ZONE":
    case "TIMESTAMP WITH LOCAL TIME ZONE":
      return "::timestamptz";
    case "RAW":
    case "LONG RAW":
    case "BLOB":
      return "::bytea";
    case "BINARY_DOUBLE":
      return "::float8";
    case "BINARY_FLOAT":
      return "::float4";
    case "INTERVAL DAY TO SECOND":
    case "INTERVAL YEAR TO MONTH":
      return "::interval";
    case "BOOLEAN":
      return "::boolean";
    case "CHAR":
    case "NCHAR":
      return "::ora.char";
    default:
      return "::text";
  }
}

/** A value in the input syntax of PostgreSQL. */
function inputOf(type: OracleType, value: OracleValue): string | null {
  if (value === null) return null;
  if (Buffer.isBuffer(value)) return `\\x${value.toString("hex")}`;
  if (typeof value === "number")
    return Number.isFinite(value) ? String(value) : value > 0 ? "Infinity" : value < 0 ? "-Infinity" : "NaN";
  if (type === "TIMESTAMP WITH TIME ZONE" || type === "TIMESTAMP WITH LOCAL TIME ZONE") {
    const text = String(value);
    return text.endsWith(" BC") ? `${text.slice(0, -3)}+00 BC` : `${text}+00`;
  }
  return String(value);
}
