import { Buffer } from "node:buffer";
import type { DialectFacts } from "../driver/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import { contentOf, type Identifier, isSql } from "./fragment.ts";
import { type ParameterPlace, parameterError } from "./parameter-error.ts";
import { isWellFormed } from "./parameter-value.ts";

const bareName = /^[\p{L}_#][\p{L}\p{M}\p{N}_$#@]*$/u;
const foldable = /^[a-z][a-z0-9_$#]*$/;

/**
 * The names as the engine stores them. On an engine that folds to upper case, a simple lower-case name means the upper-case one, as
 * in SQL text and as column names come back: `sql.identifier("users")` is `USERS` on Oracle. Every other name is taken exactly.
 * @throws ParameterError for an empty or over-long part, and for one that no engine can store.
 */
export function resolveIdentifier(parts: readonly string[], place: ParameterPlace): readonly string[] {
  const upper = place.dialect.foldCase === "upper";
  const resolved = parts.map((part) => (upper && foldable.test(part) ? part.toUpperCase() : part));
  for (const part of resolved) checkPart(part, place);
  return resolved;
}

/** Quotes the parts of a name, exactly as they are. */
export function quoteIdentifier(parts: readonly string[], dialect: DialectFacts): string {
  const [open, close] = dialect.quote;
  return parts.map((part) => open + part.replaceAll(close, close + close) + close).join(".");
}

/**
 * The parts of a table's or procedure's name, as the engine stores them. Text is read as in SQL: `sales.orders` folds as the engine folds,
 * `"Sales"."My.Orders"` is exact.
 * @throws ParameterError when the text is no name.
 */
export function parseTableName(table: string | Identifier, place: ParameterPlace): readonly string[] {
  if (isSql(table)) {
    const fragment = contentOf(table);
    if (fragment.kind === "identifier") return resolveIdentifier(fragment.parts, place);
    throw parameterError("a table is named by text or sql.identifier, not by another fragment", place);
  }
  if (typeof table !== "string") {
    throw parameterError(`a table is named by text or sql.identifier, not by ${kindInWords(table)}`, place);
  }
  const parts: string[] = [];
  let rest = table.trim();
  for (;;) {
    const [part, behind] = quotedPart(rest, place) ?? barePart(rest, place);
    checkPart(part, place);
    parts.push(part);
    if (behind === "") return parts;
    if (!behind.startsWith(".")) throw notAName(table, place);
    rest = behind.slice(1);
  }
}

type Split = readonly [part: string, behind: string];

function quotedPart(text: string, place: ParameterPlace): Split | undefined {
  const opener = text[0];
  const [open, close] = opener === '"' ? ['"', '"'] : place.dialect.quote;
  if (opener !== open) return undefined;
  for (let at = text.indexOf(close, 1); at > 0; at = text.indexOf(close, at + 2)) {
    if (text[at + 1] !== close) return [text.slice(1, at).replaceAll(close + close, close), text.slice(at + 1)];
  }
  throw notAName(text, place);
}

function barePart(text: string, place: ParameterPlace): Split {
  const dot = text.indexOf(".");
  const part = dot < 0 ? text : text.slice(0, dot);
  if (!bareName.test(part)) throw notAName(text, place);
  return [fold(part, place.dialect.foldCase), dot < 0 ? "" : text.slice(dot)];
}

function fold(part: string, foldCase: DialectFacts["foldCase"]): string {
  if (foldCase === "upper") return part.toUpperCase();
  // PostgreSQL folds ASCII letters only.
  return foldCase === "lower" ? part.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : part;
}

function checkPart(part: string, place: ParameterPlace): void {
  const { length, unit } = place.dialect.maxIdentifier;
  if (part === "") throw parameterError("an identifier has an empty part", place);
  if (part.includes("\0"))
    throw parameterError("an identifier holds a NUL character, which no engine can store", place);
  if (place.dialect.quoteInNames === false && part.includes(place.dialect.quote[1])) {
    throw parameterError(`an identifier holds ${place.dialect.quote[1]}, which this engine cannot quote`, place);
  }
  if (!isWellFormed(part)) {
    throw parameterError("an identifier holds half of a surrogate pair, which no engine can store", place);
  }
  const size = unit === "bytes" ? Buffer.byteLength(part) : part.length;
  if (size > length) {
    throw parameterError(`the identifier "${part}" has ${size} ${unit}; the engine takes at most ${length}`, place);
  }
}

function notAName(text: string, place: ParameterPlace): Error {
  return parameterError(
    `${JSON.stringify(text)} is no name of a table or procedure; quote its parts, or use sql.identifier`,
    place,
  );
}
