/** What a piece of SQL text is, as far as the adapter has to know. */
export type TokenKind = "blank" | "word" | "quoted" | "parameter" | "semicolon" | "other";

/** One piece of SQL text. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  /** Where the next one starts. */
  readonly end: number;
}

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ["blank", /[ \t-\r\ufeff]+|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)/y],
  // A `$` inside is part of the name: `a$b` is a word, `$b` a parameter.
  ["word", /[A-Za-z_0-9\u0080-\uffff][A-Za-z_0-9$\u0080-\uffff]*/y],
  ["quoted", /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)/y],
  ["parameter", /\?\d*|[:@#$][A-Za-z_0-9$\u0080-\uffff]+/y],
];

/**
 * Cuts SQL text into tokens by SQLite's lexical rules (https://sqlite.org/lang_keywords.html, https://sqlite.org/lang_comment.html,
 * https://sqlite.org/lang_expr.html#varparam). Total: what is not finished or not known becomes a token too, for the engine to refuse.
 */
export function* tokens(text: string): Generator<Token, void, undefined> {
  for (let start = 0; start < text.length; ) {
    const token = tokenAt(text, start);
    yield token;
    start = token.end;
  }
}

function tokenAt(text: string, start: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = start;
    if (pattern.test(text)) return { kind, start, end: pattern.lastIndex };
  }
  return { kind: text[start] === ";" ? "semicolon" : "other", start, end: start + 1 };
}

/** The first words of a statement in upper case, at most `count`. Stops at the first token that is not a word. */
export function leadingWords(text: string, count: number): readonly string[] {
  const words: string[] = [];
  for (const { kind, start, end } of tokens(text)) {
    if (kind === "blank") continue;
    if (kind !== "word" || words.push(text.slice(start, end).toUpperCase()) === count) break;
  }
  return words;
}
