import type { ParameterValue } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";

/** The digits of an integer. @throws DriverFault of kind `value` for anything else */
export function integerText(value: ParameterValue): string {
  const text =
    typeof value === "boolean" ? String(Number(value)) : typeof value === "object" ? "" : String(value).trim();
  if (!/^[+-]?\d{1,20}$/.test(text) || (typeof value === "number" && !Number.isSafeInteger(value))) {
    throw refusal("value", "a value is not an integer");
  }
  return text.replace(/^\+/, "");
}

export function integerOf(value: ParameterValue): number | null {
  return value === null ? null : Number(integerText(value));
}

export function floatOf(value: ParameterValue): number | null {
  if (value === null) return null;
  const number = typeof value === "object" || value === "" ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) throw refusal("value", "a value is not a finite number");
  return number;
}

/** The driver would write infinity, of which the server has none, for a number that is too large. */
export function realOf(value: ParameterValue): number | null {
  const number = floatOf(value);
  if (number === null || Number.isFinite(Math.fround(number))) return number;
  throw refusal("value", "a number is too large for a real");
}
