import { isJsonText } from "../driver/index.ts";
import { isParameter, isSql } from "../sql/index.ts";
import { opContentOf } from "./op.ts";

/** What `{}` and JSON make: an object of no class, of whichever realm, that is none of the library's own values. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
  return isPlain && !isSql(value) && !isParameter(value) && !isJsonText(value) && opContentOf(value) === undefined;
}
