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

const symbols = [":=", "=>", "||", "<=", ">=", "<>", "!=", "^=", "..", "**", "<<", ">>"];
const closing: Readonly<Record<string, string>> = { "[": "]", "{": "}", "(": ")", "<": ">" };

/**
 * Cuts an Oracle text into tokens, the last one of kind `end`. Comments and hints are dropped.
 * @throws OracleError ORA-00911 for a character that Oracle has no use for, ORA-01756 for a string without an end.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const space = /^\s+|^--[^\n]*|^\/\*[\s\S]*?\*\//.exec(text.slice(at, at + 20_000));
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const token = next(text, at);
    tokens.push(token);
    at = token.end;
    if (at <= start) throw new RangeError("the lexer stands still");
  }
  tokens.push({ kind: "end", value: "", start: text.length, end: text.length });
  return tokens;
}

function next(text: string, start: number): Token {
  const rest = text.slice(start, start + 200);
  const character = rest[0] ?? "";
  if (character === "'") return quotedString(text, start, start);
  if (/^[nN]'/.test(rest)) return quotedString(text, start, start + 1);
  if (/^[nN]?[qQ]'/.test(rest)) return alternativeString(text, start, text.indexOf("'", start));
  if (character === '"') return quotedIdentifier(text, start);
  const word = /^[\p{L}][\p{L}\p{N}_$#]*/u.exec(rest);
  if (word !== null) return token("word", word[0].toUpperCase(), start, start + word[0].length);
  const number = /^(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?(?![\p{L}\p{N}_$#])/u.exec(rest);
  if (number !== null) return token("number", number[0], start, start + number[0].length);
  const bind = /^:\s*([\p{L}\p{N}][\p{L}\p{N}_$#]*)/u.exec(rest);
  if (bind?.[1] !== undefined) return token("bind", bind[1].toUpperCase(), start, start + bind[0].length);
  const symbol =
    symbols.find((it) => rest.startsWith(it)) ?? (/^[-+*/=<>(),.;:%@|]/.test(rest) ? character : undefined);
  if (symbol !== undefined) return token("symbol", symbol, start, start + symbol.length);
  throw new OracleError(911, "invalid character", byteOffset(text, start));
}

function token(kind: Token["kind"], value: string, start: number, end: number): Token {
  return { kind, value, start, end };
}

function quotedString(text: string, start: number, quote: number): Token {
  let value = "";
  for (let at = quote + 1; at < text.length; at++) {
    if (text[at] !== "'") {
      value += text[at];
    } else if (text[at + 1] === "'") {
      value += "'";
      at++;
    } else {
      return token("string", value, start, at + 1);
    }
  }
  throw new OracleError(1756, "quoted string not properly terminated", byteOffset(text, start));
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
