import { type JsonText, jsonText } from "../driver/index.ts";

/**
 * Serialises a document by the rules of `JSON.stringify`, but for NaN and infinities, which would silently become `null`.
 *
 * @param problem - makes the error to throw from what is wrong
 */
export function toJsonText(value: unknown, problem: (what: string, cause?: unknown) => Error): JsonText {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw problem("cannot be written as JSON: it is cyclic, holds a bigint, or is nested too deeply", error);
  }
  if (text === undefined) throw problem("has no JSON form");
  // Only a document with a null in it can have lost a number, so that the others are not walked a second time.
  if (text.includes("null") && holdsNonFiniteNumber(value)) {
    throw problem("holds NaN or an infinite number, which JSON does not have");
  }
  return jsonText(text);
}

function holdsNonFiniteNumber(value: unknown): boolean {
  let found = false;
  JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "number" && !Number.isFinite(item)) found = true;
    return item;
  });
  return found;
}
