import { OracleError } from "../oracle-error.ts";

/** A piece of an Oracle text. */
export interface Token {
  /** `word`: an identifier or keyword without quotes; `quoted`: one in double quotes. */
  readonly kind: "word" | "quoted" | "string" | "number" | "bind" | "symbol" | "end";
  /** Words in upper case, strings and quoted identifiers without their quotes, binds without their colon. */
  readonly value: string;
  /** Where it starts and ends in the text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

const closing: Readonly<Record<string, string>> = { "[": "]", "{": "}", "(": ")", "<": ">" };

const space = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const stringStart = /[nN]?'/y;
const stringRest = /[^']*(?:''[^']*)*'/y;
const alternativeStart = /[nN]?[qQ]'/y;
const word = /\p{L}[\p{L}\p{N}_$#]*/uy;
const number = /(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?(?![\p{L}\p{N}_$#])/uy;
const bind = /:\s*([\p{L}\p{N}][\p{L}\p{N}_$#]*)/uy;
const symbol = /:=|=>|\|\||<=|>=|<>|!=|\^=|\.\.|\*\*|<<|>>|[-+*/=<>(),.;:%@|]/y;

/**
 * Cuts an Oracle text into tokens, the last one of kind `end`. Comments and hints are dropped.
 * @throws OracleError ORA-00911 for a character that Oracle has no use for, ORA-01756 for a string without an end.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = lengthAt(space, text, 0);
  while (at < text.length) {
    const token = next(text, at);
    tokens.push(token);
    at = token.end + lengthAt(space, text, token.end);
  }
  tokens.push({ kind: "end", value: "", start: text.length, end: text.length });
  return tokens;
}

function next(text: string, start: number): Token {
  const string = lengthAt(stringStart, text, start);
  if (string > 0) return quotedString(text, start, start + string - 1);
  const alternative = lengthAt(alternativeStart, text, start);
  if (alternative > 0) return alternativeString(text, start, start + alternative - 1);
  if (text[start] === '"') return quotedIdentifier(text, start);
  const letters = lengthAt(word, text, start);
  if (letters > 0) return token("word", text.slice(start, start + letters).toUpperCase(), start, start + letters);
  const digits = lengthAt(number, text, start);
  if (digits > 0) return token("number", text.slice(start, start + digits), start, start + digits);
  const bound = matchAt(bind, text, start);
  if (bound?.[1] !== undefined) return token("bind", bound[1].toUpperCase(), start, start + bound[0].length);
  const sign = lengthAt(symbol, text, start);
  if (sign > 0) return token("symbol", text.slice(start, start + sign), start, start + sign);
  throw new OracleError(911, "invalid character", byteOffset(text, start));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  return matchAt(pattern, text, at)?.[0].length ?? 0;
}

function token(kind: Token["kind"], value: string, start: number, end: number): Token {
  return { kind, value, start, end };
}

function quotedString(text: string, start: number, quote: number): Token {
  const length = lengthAt(stringRest, text, quote + 1);
  if (length === 0) throw new OracleError(1756, "quoted string not properly terminated", byteOffset(text, start));
  const end = quote + length;
  return token("string", text.slice(quote + 1, end).replaceAll("''", "'"), start, end + 1);
}

/** `q'[it's]'` and its like. */
function alternativeString(text: string, start: number, quote: number): Token {
  const open = text[quote + 1] ?? "";
  const end = text.indexOf(`${closing[open] ?? open}'`, quote + 2);
  if (end < 0) throw new OracleError(1756, "quoted string not properly terminated", byteOffset(text, start));
  return token("string", text.slice(quote + 2, end), start, end + 2);
}

function quotedIdentifier(text: string, start: number): Token {
  const end = text.indexOf('"', start + 1);
  if (end < 0) throw new OracleError(1740, "missing double quote in identifier", byteOffset(text, start));
  if (end === start + 1) throw new OracleError(1741, "illegal zero-length identifier", byteOffset(text, start));
  return token("quoted", text.slice(start + 1, end), start, end + 1);
}

/** The position of a code unit as Oracle counts: in bytes of UTF-8. */
export function byteOffset(text: string, offset: number): number {
  return Buffer.byteLength(text.slice(0, offset));
}
