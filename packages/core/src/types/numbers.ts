import { type ColumnSite, conversionError, type Decoder } from "./conversion.ts";
import type { TypeOptions } from "./type-options.ts";

/** Integers, by the `bigint` option. */
export const integerDecoders: Readonly<Record<Required<TypeOptions>["bigint"], Decoder>> = {
  auto: (value, site) => (typeof value === "number" ? value : toNumberOrBigint(value, site)),
  number(value, site) {
    const integer = typeof value === "number" ? value : toNumberOrBigint(value, site);
    if (typeof integer === "number") return integer;
    throw conversionError(
      'holds an integer beyond 2^53 - 1; use types: { bigint: "auto" }, "bigint" or "string"',
      site,
    );
  },
  bigint: (value, site) => toBigint(value, site),
  string: (value, site) => String(toBigint(value, site)),
};

function toNumberOrBigint(value: unknown, site: ColumnSite): number | bigint {
  if (typeof value === "string") {
    const number = Number(value);
    // The comparison also sorts out what `Number` reads and is no plain integer: "", " 1", "0x10", "1e3".
    if (Number.isSafeInteger(number) && String(number) === value) return number;
  }
  const integer = toBigint(value, site);
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

function toBigint(value: unknown, site: ColumnSite): bigint {
  switch (typeof value) {
    case "bigint":
      return value;
    case "string":
      if (/^[+-]?\d+$/.test(value)) return BigInt(value);
      break;
    case "number":
      if (Number.isInteger(value)) return BigInt(value);
      break;
    default:
  }
  throw conversionError("holds something that is no integer", site);
}

/** Exact decimals, by the `decimal` option. */
export const decimalDecoders: Readonly<Record<Required<TypeOptions>["decimal"], Decoder>> = {
  string(value, site) {
    if (typeof value === "string") return value;
    if (typeof value === "number") return plainDigits(value);
    if (typeof value === "bigint") return String(value);
    throw conversionError("holds something that is no decimal", site);
  },
  number(value, site) {
    const number = typeof value === "bigint" ? Number(value) : toNumber(value, site, "decimal");
    // Rounding a fraction is what was asked for; losing whole units is not.
    if (typeof value === "number" || Math.abs(number) <= Number.MAX_SAFE_INTEGER || isNotFinite(value)) return number;
    throw conversionError('holds a decimal beyond 2^53 - 1; use types: { decimal: "string" }', site);
  },
};

function isNotFinite(value: unknown): boolean {
  return typeof value === "string" && /^(?:nan|[+-]?inf(?:inity)?)$/i.test(value);
}

/** The shortest digits that name a double, without an exponent. */
function plainDigits(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  if (Number.isInteger(value)) return String(BigInt(value));
  const [digits = "", exponent] = text.split("e-");
  const significant = digits.replace(/[-.]/g, "");
  return `${value < 0 ? "-" : ""}0.${"0".repeat(Number(exponent) - 1)}${significant}`;
}

/** Doubles. */
export const decodeFloat: Decoder = (value, site) => {
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : toNumber(value, site, "float");
};

function toNumber(value: unknown, site: ColumnSite, what: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "") {
    const number = Number(value);
    if (!Number.isNaN(number) || value === "NaN") return number;
  }
  throw conversionError(`holds something that is no ${what}`, site);
}
