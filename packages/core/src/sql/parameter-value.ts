import { isDate, isUint8Array } from "node:util/types";
import { isJsonText, type ParameterValue } from "../driver/index.ts";
import type { ParameterError } from "../errors/index.ts";
import { isSql } from "./fragment.ts";
import { toJsonText } from "./json-value.ts";
import { isParameter } from "./parameter.ts";
import { type ParameterPlace, parameterError } from "./parameter-error.ts";

/** A name, or a position counted from 1. */
export type ParameterName = string | number;

/** Says whether a value can go to the driver as it is. */
export function isScalar(value: unknown): value is string | number | bigint | boolean | null {
  switch (typeof value) {
    case "string":
      return isWellFormed(value);
    case "number":
      return Number.isFinite(value) && !isWideInteger(value);
    case "bigint":
    case "boolean":
      return true;
    default:
      return value === null;
  }
}

/**
 * An integer of 64 bits that a number shows only roughly: 2 ** 60 is written 1152921504606847000. As a `bigint` it is the same one to every engine; as a
 * double it would equal its neighbours in a BIGINT column.
 */
function isWideInteger(value: number): boolean {
  return !(Math.abs(value) <= Number.MAX_SAFE_INTEGER) && value >= -(2 ** 63) && value < 2 ** 63;
}

/** Says whether a text has no half of a surrogate pair. Costs next to nothing for text without characters beyond Latin-1. */
export function isWellFormed(text: string): boolean {
  // In every Node version that we support, but not in the ES2023 typings.
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/**
 * Checks one value and gives what the driver gets: plain objects become JSON documents, numbers beyond 2^53 that 64 bits hold become
 * bigints, everything else is passed as it is.
 *
 * Refused, because it would be stored as something else or not at all: `undefined` (a silent NULL), `NaN` and infinities (SQLite
 * stores NULL for NaN; where a float column can hold them, the texts `"NaN"` and `"Infinity"` do), half a surrogate pair (a
 * UTF-8 engine stores U+FFFD), functions, symbols, and instances of classes other than `Date` and `Uint8Array`.
 *
 * @throws ParameterError naming the parameter and its type, never its value
 */
export function toParameterValue(value: unknown, name: ParameterName, place: ParameterPlace): ParameterValue {
  if (isScalar(value)) return value;
  if (typeof value === "number" && isWideInteger(value)) return BigInt(value);
  if (typeof value !== "object" || value === null) throw refused(value, name, place);
  if (isDate(value)) {
    const ms = value.getTime();
    if (Number.isNaN(ms)) throw wrong(name, "is an invalid Date", place);
    return value instanceof Date ? value : new Date(ms);
  }
  if (isUint8Array(value)) return value instanceof Uint8Array ? value : ownBytes(value);
  if (isJsonText(value)) return value;
  if (Array.isArray(value)) return toArray(value, name, place);
  if (isSql(value)) {
    throw wrong(name, "is an sql fragment, which is text and not a value; put it into an sql template", place);
  }
  if (isParameter(value))
    throw wrong(
      name,
      `is made by sql.${value.direction === "in" ? "typed" : value.direction}, which cannot stand here`,
      place,
    );
  if (isPlain(value)) return toJsonText(value, (problem, cause) => wrong(name, problem, place, cause));
  throw refused(value, name, place);
}

/** Drivers and their clients ask by `instanceof`, which knows nothing of another realm (`node:vm`). */
function ownBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function toArray(value: readonly unknown[], name: ParameterName, place: ParameterPlace): ParameterValue {
  if (!place.dialect.arrayParameters) {
    const advice = "use sql.list for an IN list, or sql.json for a document";
    throw wrong(name, `is an array, which ${place.engine} has no parameter type for; ${advice}`, place);
  }
  // By index: `map` would leave the holes of a sparse array unseen.
  return Array.from({ length: value.length }, (_, index) => {
    const item = value[index];
    return isScalar(item) ? item : toParameterValue(item, `${name}[${index}]`, place);
  });
}

function refused(value: unknown, name: ParameterName, place: ParameterPlace): ParameterError {
  switch (typeof value) {
    case "undefined":
      return wrong(name, "is undefined; write null for NULL", place);
    case "number":
      return wrong(
        name,
        'is NaN or infinite; where the column can hold that, pass the text "NaN" or "Infinity"',
        place,
      );
    case "string":
      return wrong(name, "holds half of a surrogate pair, which is no text that every engine can store", place);
    case "object":
      return wrong(name, `is a ${className(value)}; pass a plain value or object`, place);
    default:
      return wrong(name, `is a ${typeof value}`, place);
  }
}

function wrong(name: ParameterName, problem: string, place: ParameterPlace, cause?: unknown): ParameterError {
  const which = typeof name === "number" ? `parameter ${name}` : `parameter "${name}"`;
  return parameterError(`${which} ${problem}`, place, [String(name)], cause);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // One step further, because a plain object of another realm has another `Object.prototype`.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function className(value: unknown): string {
  const made = (value as { readonly constructor?: unknown }).constructor;
  return typeof made === "function" && made.name !== "" ? made.name : "class instance";
}
