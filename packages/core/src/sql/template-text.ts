import type { DialectFacts } from "../driver/index.ts";
import { lex, type PlaceholderSpan } from "./lexer.ts";
import { type ParameterPlace, parameterError } from "./parameter-error.ts";

/** What is known of a template's own text on one dialect. */
interface TemplateText {
  readonly native: readonly PlaceholderSpan[];
  /** What is wrong with it, if anything. */
  readonly problem: string | undefined;
  /** What the gap stands inside of; sparse. */
  readonly gaps: readonly (string | undefined)[];
}

const known = new WeakMap<DialectFacts, WeakMap<TemplateStringsArray, TemplateText>>();

/**
 * Reads a template's own text, once per template and dialect.
 *
 * @param dialect - the shared one
 * @throws ParameterError when JavaScript has changed what was written
 */
export function readTemplate(
  strings: TemplateStringsArray,
  dialect: DialectFacts,
  place: ParameterPlace,
): TemplateText {
  let texts = known.get(dialect);
  if (texts === undefined) {
    texts = new WeakMap();
    known.set(dialect, texts);
  }
  let text = texts.get(strings);
  if (text === undefined) {
    text = read(strings, dialect);
    texts.set(strings, text);
  }
  if (text.problem !== undefined) throw parameterError(text.problem, place);
  return text;
}

function read(strings: TemplateStringsArray, dialect: DialectFacts): TemplateText {
  const { opaque, native } = lex(strings.join(" "), dialect);
  const gaps: (string | undefined)[] = [];
  let at = 0;
  for (const [index, text] of strings.slice(0, -1).entries()) {
    at += text.length;
    const inside = opaque.find(({ start, end }) => start < at && at < end);
    if (inside !== undefined) gaps[index] = inside.what;
    at++;
  }
  return { native, problem: strangeEscape(strings.raw), gaps };
}

// The escapes that somebody means in SQL. Any other one is a backslash meant for the database that JavaScript swallows:
// `'^\d+$'` would silently search for `^d+$`.
const meantEscape = /\\(?:[\\`${}nrt\n]|\r\n?|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2})/g;

function strangeEscape(raw: readonly string[]): string | undefined {
  for (const text of raw) {
    const strange = /\\./su.exec(text.replace(meantEscape, ""));
    if (strange !== null)
      return `the template has ${strange[0]}, whose backslash JavaScript removes; write \\${strange[0]}`;
  }
  return undefined;
}
