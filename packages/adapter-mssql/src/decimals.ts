import { refusal } from "./faults.ts";

/** A decimal as the wire carries it: `units / 10 ** scale`, exactly. */
export interface ExactDecimal {
  readonly units: bigint;
  readonly scale: number;
}

/** The most digits that SQL Server keeps. */
export const maxPrecision = 38;

/** Digits of a number, without its sign. */
export function digitsOf(units: bigint): number {
  const magnitude = units < 0n ? -units : units;
  return magnitude === 0n ? 1 : magnitude.toString().length;
}

/** The text of an exact decimal: all of its digits, no exponent. */
export function decimalText(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const magnitude = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = magnitude.slice(0, -scale);
  return `${units < 0n ? "-" : ""}${whole}.${magnitude.slice(-scale)}`;
}

const decimalPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i;

/** Reads a decimal written in digits, with or without an exponent. `undefined` when the text is none. */
export function parseDecimal(text: string): ExactDecimal | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = decimalPattern.exec(text.trim()) ?? [];
  if (whole + fraction === "") return undefined;
  const shift = Number(exponent);
  const digits = BigInt(whole + fraction);
  const units = sign === "-" ? -digits : digits;
  const scale = fraction.length - shift;
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

/**
 * The units of a decimal at another scale. Digits that do not fit behind the point are an error unless they are zeros: SQL Server would
 * round them off without a word.
 *
 * @throws DriverFault of kind `value`; the message holds no value
 */
export function unitsAt({ units, scale }: ExactDecimal, precision: number, targetScale: number): bigint {
  let result = units;
  if (scale <= targetScale) result *= 10n ** BigInt(targetScale - scale);
  else {
    const divisor = 10n ** BigInt(scale - targetScale);
    if (result % divisor !== 0n) {
      throw refusal("value", `a decimal has more than ${targetScale} digits behind the point`);
    }
    result /= divisor;
  }
  if (digitsOf(result) > precision) {
    throw refusal("value", `a decimal has more than ${precision - targetScale} digits before the point`);
  }
  return result;
}
