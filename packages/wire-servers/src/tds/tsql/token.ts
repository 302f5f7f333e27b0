import { SqlServerError } from "../engine/sql-server-error.ts";

/** What a token is. `name` is a quoted identifier (`[a]`, `"a"`), `word` an unquoted one or a keyword. */
export type TokenKind = "word" | "name" | "variable" | "string" | "number" | "binary" | "symbol" | "end";

/** A token of T-SQL. */
export interface Token {
  readonly kind: TokenKind;
  /** Without quotes; a variable with its `@`. */
  readonly text: string;
  /** Of a word: its upper-case form, to compare with keywords. Empty for everything else. */
  readonly keyword: string;
  /** Of a string: written `N'...'`. */
  readonly national: boolean;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

const symbols = ["<=", ">=", "<>", "!=", "!<", "!>", "+=", "-=", "*=", "/=", "%=", "::"];
const wordStart = /[\p{L}_#$]/u;
const wordPart = /[\p{L}\p{N}_#@$]/u;

/** Cuts T-SQL into tokens; the last one is `end`. Comments and blanks are left out. @throws SqlServerError 105, 113 or 102. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const push = (kind: TokenKind, value: string, end: number, national = false) => {
    tokens.push({
      kind,
      text: value,
      keyword: kind === "word" ? value.toUpperCase() : "",
      national,
      start: at,
      end,
      line,
    });
    for (const character of text.slice(at, end)) if (character === "\n") line += 1;
    at = end;
  };
  while (at < text.length) {
    const character = text[at] ?? "";
    const next = text[at + 1] ?? "";
    if (/\s/.test(character)) {
      if (character === "\n") line += 1;
      at += 1;
    } else if (character === "-" && next === "-") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (character === "/" && next === "*") {
      const end = endOfComment(text, at);
      for (const inside of text.slice(at, end)) if (inside === "\n") line += 1;
      at = end;
    } else if (character === "'") {
      const { value, end } = quoted(text, at, "'");
      push("string", value, end);
    } else if ((character === "N" || character === "n") && next === "'") {
      const { value, end } = quoted(text, at + 1, "'");
      push("string", value, end, true);
    } else if (character === "[" || character === '"') {
      const { value, end } = quoted(text, at, character === "[" ? "]" : '"');
      push("name", value, end);
    } else if (character === "0" && (next === "x" || next === "X")) {
      const end = run(text, at + 2, /[0-9a-f]/i);
      push("binary", text.slice(at + 2, end), end);
    } else if (/[0-9]/.test(character) || (character === "." && /[0-9]/.test(next))) {
      const [number = ""] = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(text.slice(at)) ?? [];
      push("number", number, at + number.length);
    } else if (character === "@") {
      const end = run(text, at, wordPart);
      push("variable", text.slice(at, end), end);
    } else if (wordStart.test(character)) {
      const end = run(text, at, wordPart);
      push("word", text.slice(at, end), end);
    } else {
      const double = symbols.find((it) => text.startsWith(it, at));
      push("symbol", double ?? character, at + (double ?? character).length);
    }
  }
  push("end", "", at);
  return tokens;
}

function run(text: string, from: number, part: RegExp): number {
  let end = from;
  while (end < text.length && part.test(text[end] ?? "")) end += 1;
  return end;
}

function quoted(text: string, from: number, close: string): { readonly value: string; readonly end: number } {
  let value = "";
  let at = from + 1;
  for (;;) {
    const end = text.indexOf(close, at);
    if (end < 0) {
      const rest = text.slice(from + 1);
      const words = `Unclosed quotation mark after the character string '${rest}'.`;
      throw new SqlServerError(105, words, { severity: 15, reach: "batch" });
    }
    value += text.slice(at, end);
    if (text[end + 1] !== close) return { value, end: end + 1 };
    value += close;
    at = end + 2;
  }
}

/** Comments nest in T-SQL. */
function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("/*", at)) {
      depth += 1;
      at += 1;
    } else if (text.startsWith("*/", at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new SqlServerError(113, "Missing end comment mark '*/'.", { severity: 15, reach: "batch" });
}
