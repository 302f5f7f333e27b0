import assert from "node:assert/strict";
import type { ColumnInfo, ScalarLogicalType } from "@nsj/mdb-core";

/**
 * Checks that a value has one of the canonical forms that its column's logical type allows, and gives it in one form that can be
 * compared: exact digits, ISO times in UTC, hexadecimal bytes. See `LogicalType` for the forms.
 */
export function canonical(value: unknown, column: ColumnInfo): string | null {
  if (value === null) return null;
  const read = readers[column.type.replace(/\[\]$/, "") as ScalarLogicalType];
  assert.ok(read !== undefined, `the column has a logical type: ${column.type}`);
  if (!column.type.endsWith("[]")) return read(value);
  const elements = (items: unknown): unknown =>
    Array.isArray(items) ? items.map(elements) : items === null ? null : read(items);
  assert.ok(Array.isArray(value), "an array is an array");
  return JSON.stringify(elements(value));
}

type Reader = (value: unknown) => string;

const readers: Readonly<Record<ScalarLogicalType, Reader>> = {
  integer(value) {
    if (typeof value === "number") assert.ok(Number.isSafeInteger(value), "an integer as a number is a safe one");
    else if (typeof value === "string") assert.match(value, /^-?\d+$/);
    else assert.equal(typeof value, "bigint", "an integer is a number, a bigint or digits");
    return String(BigInt(value as string | number | bigint));
  },
  decimal(value) {
    if (typeof value === "string")
      assert.match(value, /^-?\d+(\.\d+)?$/, "a decimal is its digits without an exponent");
    else assert.ok(typeof value === "number" || typeof value === "bigint", "a decimal is digits, a number or a bigint");
    return plainDecimal(String(value));
  },
  float(value) {
    assert.ok(typeof value === "number" || typeof value === "string", "a float is a number or text");
    return String(Number(value));
  },
  boolean(value) {
    assert.equal(typeof value, "boolean", "a boolean is true or false");
    return String(value);
  },
  string: text,
  uuid: (value) => text(value).toLowerCase(),
  interval: text,
  json: (value) => JSON.stringify(JSON.parse(text(value))),
  bytes(value) {
    assert.ok(Buffer.isBuffer(value), "bytes are a Buffer");
    return value.toString("hex");
  },
  date(value) {
    assert.match(text(value), /^\d{4,6}-\d\d-\d\d$/);
    return text(value);
  },
  time(value) {
    assert.match(text(value), /^\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d(:\d\d)?)?$/);
    return text(value).replace(/\.?0*$/, (zeros) => (zeros.startsWith(".") ? "" : zeros));
  },
  timestamp(value) {
    if (value instanceof Date) return value.toISOString();
    assert.match(text(value), /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/);
    return instant(`${text(value).replace(" ", "T")}Z`);
  },
  timestamptz(value) {
    if (value instanceof Date) return value.toISOString();
    const [, time, offset] =
      /^(\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)$/.exec(text(value)) ?? [];
    assert.ok(time !== undefined && offset !== undefined, `a time and its offset: ${text(value)}`);
    return instant(`${time.replace(" ", "T")}${offset.length === 3 ? `${offset}:00` : offset}`);
  },
  any: (value) => String(value),
  dynamic: (value) => (Buffer.isBuffer(value) ? value.toString("hex") : String(value)),
};

function text(value: unknown): string {
  assert.equal(typeof value, "string", "the value is text");
  return String(value);
}

/** The same number with no digit that says nothing. */
export function plainDecimal(digits: string): string {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(digits) ?? [];
  const number = `${whole === "" ? "0" : whole}${fraction === "" ? "" : `.${fraction}`}`;
  return number === "0" ? number : `${sign}${number}`;
}

function instant(iso: string): string {
  const milliseconds = iso.replace(/(\.\d{3})\d+/, "$1");
  const date = new Date(milliseconds);
  assert.ok(!Number.isNaN(date.getTime()), `a time that exists: ${iso}`);
  return date.toISOString();
}
