import type { DialectFacts } from "../driver/index.ts";
import type { ParameterError } from "../errors/index.ts";
import type { PlaceholderSpan } from "./lexer.ts";
import { type ParameterPlace, parameterError } from "./parameter-error.ts";

/** The engine's placeholder for the value at `position`, counted from 1. */
export function placeholder(style: DialectFacts["placeholder"], position: number): string {
  switch (style) {
    case "dollar":
      return `$${position}`;
    case "question":
      return "?";
    case "at-name":
      return `@p${position}`;
    case "colon-number":
      return `:${position}`;
  }
}

/**
 * Whether one placeholder may stand in several places for one value. Oracle binds by position in plain SQL, and a question mark has
 * no name, so there the value is repeated.
 */
export function placeholdersRepeat(style: DialectFacts["placeholder"]): boolean {
  return style === "dollar" || style === "at-name";
}

/**
 * Refuses the engine's own placeholders in a text whose placeholders are made here: `$1` would silently take the first value.
 * `@p3` is a variable's name as well and collides only where the library uses it.
 */
export function refuseNative(native: readonly PlaceholderSpan[], valueCount: number, place: ParameterPlace): void {
  if (valueCount === 0) return;
  const { placeholder: style } = place.dialect;
  const clash = native.find((span) => style !== "at-name" || Number(span.name) <= valueCount);
  if (clash === undefined) return;
  const written = style === "question" ? "?" : placeholder(style, Number(clash.name));
  throw parameterError(
    `the text has ${written}, which the library numbers by itself here; use one kind of placeholder, or an array of values`,
    place,
  );
}

/** The error for a statement with more parameters than the engine takes. */
export function tooManyParameters(count: number, place: ParameterPlace): ParameterError {
  const { maxParameters } = place.dialect;
  const advice = "use executeMany or bulkInsert, or cut it";
  return parameterError(
    `the statement has ${count} parameters, the engine takes at most ${maxParameters}; ${advice}`,
    place,
  );
}
