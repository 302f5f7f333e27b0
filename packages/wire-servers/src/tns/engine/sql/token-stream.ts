import { notUnderstood, OracleError } from "../oracle-error.ts";
import { byteOffset, type Token } from "./lexer.ts";

/** What a placeholder in a translated text stands for. */
export type Placeholder =
  | { readonly kind: "bind"; readonly name: string }
  /** A variable of a PL/SQL block around the statement. */
  | { readonly kind: "variable"; readonly name: string };

/** From the private use area, so that no text has it. */
const mark = "\ue000";

/** Finds the placeholders in a translated text. */
export const placeholderPattern = new RegExp(`${mark}(\\d+)${mark}`, "g");

/** Says whether a translated text is nothing but a placeholder, whose type PostgreSQL cannot always guess. */
export function isPlaceholder(text: string): boolean {
  return new RegExp(`^${placeholderPattern.source}$`).test(text);
}

/** Reads the tokens of a statement in their order, and collects what its translation refers to. */
export class TokenStream {
  readonly text: string;
  readonly placeholders: Placeholder[] = [];
  /** Upper-case names that stand for variables and not for columns. */
  readonly variables: ReadonlySet<string>;
  /** The text is part of a PL/SQL block, where there are booleans and `SQL%ROWCOUNT`. */
  readonly plsql: boolean;
  readonly #tokens: readonly Token[];
  #at: number;

  constructor(text: string, tokens: readonly Token[], at = 0, variables?: ReadonlySet<string>) {
    this.text = text;
    this.#tokens = tokens;
    this.#at = at;
    this.variables = variables ?? new Set();
    this.plsql = variables !== undefined;
  }

  /** The same tokens from another place on, with variables. */
  fork(at: number, variables: ReadonlySet<string>): TokenStream {
    return new TokenStream(this.text, this.#tokens, at, variables);
  }

  /** The index of the next token. */
  get at(): number {
    return this.#at;
  }
  set at(index: number) {
    this.#at = index;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  /** Says whether the next tokens are these words or symbols. */
  is(...values: readonly string[]): boolean {
    return values.every((value, index) => {
      const token = this.peek(index);
      return (token.kind === "word" || token.kind === "symbol") && token.value === value;
    });
  }

  /** Says whether the next token is one of these words or symbols. */
  isOneOf(...values: readonly string[]): boolean {
    return values.some((value) => this.is(value));
  }

  /** Passes these words or symbols if they come next. */
  accept(...values: readonly string[]): boolean {
    if (!this.is(...values)) return false;
    this.#at += values.length;
    return true;
  }

  /** Passes these words or symbols. @throws OracleError with this number and text when something else comes. */
  expect(value: string, number = missing[value]?.[0] ?? 900, words = missing[value]?.[1] ?? `missing ${value}`): void {
    if (!this.accept(value)) throw this.error(number, words);
  }

  /** The next word, if it is one of these. */
  word(...values: readonly string[]): string | undefined {
    const token = this.peek();
    if (token.kind !== "word" || !values.includes(token.value)) return undefined;
    this.#at += 1;
    return token.value;
  }

  /** A placeholder for a bind or a variable. */
  placeholder(what: Placeholder): string {
    this.placeholders.push(what);
    return `${mark}${this.placeholders.length - 1}${mark}`;
  }

  /** The text between two tokens, the second one not included. */
  source(from: number, to: number): string {
    const first = this.#tokens[from];
    const last = this.#tokens[to - 1];
    return first === undefined || last === undefined || to <= from ? "" : this.text.slice(first.start, last.end);
  }

  /** The tokens from one to another, the second one not included. */
  slice(from: number, to: number): readonly Token[] {
    return this.#tokens.slice(from, to);
  }

  /** An error at the next token. */
  error(number: number, words: string): OracleError {
    return new OracleError(number, words, byteOffset(this.text, this.peek().start));
  }

  /** Refuses what comes next. */
  refuse(what = this.peek().value || "the end of the statement"): OracleError {
    return notUnderstood(`"${what}" here: ${this.text.slice(0, 300)}`, byteOffset(this.text, this.peek().start));
  }
}

const missing: Readonly<Record<string, readonly [number, string]>> = {
  "(": [906, "missing left parenthesis"],
  ")": [907, "missing right parenthesis"],
  ",": [917, "missing comma"],
  "=": [927, "missing equal sign"],
  SELECT: [928, "missing SELECT keyword"],
  INTO: [925, "missing INTO keyword"],
  VALUES: [926, "missing VALUES keyword"],
  SET: [971, "missing SET keyword"],
  FROM: [923, "FROM keyword not found where expected"],
  TABLE: [903, "invalid table name"],
  BY: [924, "missing BY keyword"],
  ON: [969, "missing ON keyword"],
  AS: [905, "missing keyword"],
  THEN: [905, "missing keyword"],
  END: [905, "missing keyword"],
};
