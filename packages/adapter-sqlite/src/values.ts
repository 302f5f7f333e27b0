import { isJsonText, type ParameterHint, type ParameterValue, type Statement } from "@nsj/mdb-core";
import { logicalTypeOf } from "./column-types.ts";
import { unstorable } from "./failure.ts";
import { type DateStorage, numberOf } from "./stored-dates.ts";

const minimum = -(2n ** 63n);
const maximum = 2n ** 63n - 1n;

/** The values of a statement as better-sqlite3 binds them, in their order. */
export function toNativeValues(
  values: Statement["values"],
  hints: Statement["hints"] | undefined,
  dates: DateStorage,
): unknown[] {
  const native = new Array<unknown>(values.length);
  for (let index = 0; index < values.length; index++) {
    native[index] = toNative(values[index] as ParameterValue, hints?.[index], dates);
  }
  return native;
}

/**
 * One value as better-sqlite3 binds it.
 *
 * @throws for what SQLite cannot hold: an integer beyond 64 bits, an array, a date outside the years 0 to 9999
 */
export function toNative(value: ParameterValue, hint: ParameterHint | undefined, dates: DateStorage): unknown {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      // better-sqlite3 binds every number as REAL, where 5 / 2 is 2.5 and an untyped column would keep 5.0.
      return Number.isSafeInteger(value) && !wantsReal(hint) ? BigInt(value) : value;
    case "bigint":
      if (value < minimum || value > maximum) {
        throw unstorable(
          "an integer beyond 64 bits: give it as a string, to a column of text affinity such as DECIMAL_TEXT",
        );
      }
      return wantsReal(hint) ? Number(value) : value;
    case "boolean":
      return value ? 1n : 0n;
    default:
      return toNativeObject(value, hint, dates);
  }
}

function toNativeObject(
  value: Exclude<ParameterValue, string | number | bigint | boolean>,
  hint: ParameterHint | undefined,
  dates: DateStorage,
) {
  if (value === null) return null;
  if (value instanceof Date) {
    const dayOnly = hint?.type !== undefined && logicalTypeOf(hint.type) === "date";
    return numberOf(value, dates) ?? dateText(value, dayOnly);
  }
  if (value instanceof Uint8Array) {
    return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  if (isJsonText(value)) return value.text;
  throw unstorable("SQLite has no arrays: use sql.list() for an IN list, or give a JSON document");
}

function wantsReal(hint: ParameterHint | undefined): boolean {
  return hint?.type !== undefined && logicalTypeOf(hint.type) === "float";
}

/**
 * A moment as text in UTC, `YYYY-MM-DD HH:MM:SS[.SSS]`, as SQLite's own functions write it. A whole second goes without a fraction, so
 * that it equals what `CURRENT_TIMESTAMP` gives for the same second and sorts with it.
 */
function dateText(date: Date, dayOnly: boolean): string {
  const text = date.toISOString();
  if (text.length !== 24) throw unstorable("a date outside the years 0 to 9999 has no text that SQLite could compare");
  if (dayOnly) return text.slice(0, 10);
  return `${text.slice(0, 10)} ${text.slice(11, text.endsWith(".000Z") ? 19 : 23)}`;
}
