import type { DialectFacts } from "../driver/index.ts";
import { endOfBlockComment, endOfDoubled, endOfEscaped, endOfLine } from "./span-ends.ts";

/** What a stretch of text is that holds no code: where it stands, and its name in messages. */
export interface OpaqueSpan {
  readonly start: number;
  /** Just behind the last character. */
  readonly end: number;
  readonly what: "a string" | "a quoted identifier" | "a comment";
}

/** A placeholder in the text. */
export interface PlaceholderSpan {
  readonly start: number;
  readonly end: number;
  /** `id` of `:id`, `2` of `$2`, `:2` or `@p2`, empty for `?`. */
  readonly name: string;
}

/** What the lexer found. */
export interface LexedText {
  readonly opaque: readonly OpaqueSpan[];
  /** `:name`. */
  readonly named: readonly PlaceholderSpan[];
  /** The engine's own placeholders. */
  readonly native: readonly PlaceholderSpan[];
}

const interesting = /['"`[\]\-/$:?@#]/g;
const name = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const digits = /[0-9]+/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const nativeName = /p[0-9]+(?![\p{L}\p{N}_$#@])/iuy;
/** What makes a comment of two dashes where a mere `--` is none; so does the end of the text. */
const blankOrControl = /[\0-\x20\x7f]/;
const executableOpener = /\/\*M?![0-9]*/y;
const wordCharacter = /[\p{L}\p{M}\p{N}_$#@]/u;
const continued = /[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:\s|--[^\n\r]*[\n\r])*'/y;
const closers: Readonly<Record<string, string>> = { "[": "]", "{": "}", "<": ">", "(": ")" };

/**
 * Reads SQL as far as placeholders need it: knows strings, quoted identifiers and comments of the engine, and the colons that are
 * none (`::cast`, `a[1:2]`, `:=`). What is not closed reaches to the end of the text; the engine will say what is wrong with it.
 */
export function lex(text: string, dialect: Pick<DialectFacts, "placeholder" | "lexical">): LexedText {
  return new Lexer(text, dialect).run();
}

class Lexer {
  readonly #text: string;
  readonly #placeholder: DialectFacts["placeholder"];
  readonly #features: ReadonlySet<string>;
  readonly #opaque: OpaqueSpan[] = [];
  readonly #named: PlaceholderSpan[] = [];
  readonly #native: PlaceholderSpan[] = [];
  #at = 0;
  #brackets = 0;
  #inExecutable = false;

  constructor(text: string, dialect: Pick<DialectFacts, "placeholder" | "lexical">) {
    this.#text = text;
    this.#placeholder = dialect.placeholder;
    this.#features = new Set(dialect.lexical);
  }

  run(): LexedText {
    for (;;) {
      interesting.lastIndex = this.#at;
      const found = interesting.exec(this.#text);
      if (found === null) break;
      this.#at = found.index;
      this.#step(this.#text[found.index + 1]);
      if (this.#at === found.index) this.#at++;
    }
    return { opaque: this.#opaque, named: this.#named, native: this.#native };
  }

  /** Moves behind what begins here, if anything does. */
  #step(next: string | undefined): void {
    switch (this.#text[this.#at]) {
      case "'":
        this.#string();
        break;
      case '"':
        if (this.#features.has("backslashStrings")) this.#skip(endOfEscaped(this.#text, '"', this.#at + 1), "a string");
        else this.#skip(endOfDoubled(this.#text, '"', this.#at + 1), "a quoted identifier");
        break;
      case "`":
        if (this.#features.has("backticks"))
          this.#skip(endOfDoubled(this.#text, "`", this.#at + 1), "a quoted identifier");
        break;
      case "[":
        if (this.#features.has("brackets"))
          this.#skip(endOfDoubled(this.#text, "]", this.#at + 1), "a quoted identifier");
        else this.#brackets++;
        break;
      case "]":
        if (this.#brackets > 0) this.#brackets--;
        break;
      case "-":
        if (next === "-" && this.#isDashComment()) this.#lineComment();
        break;
      case "#":
        if (this.#features.has("hashComments")) this.#lineComment();
        break;
      case "/":
        this.#slash(next);
        break;
      case "$":
        this.#dollar();
        break;
      case ":":
        this.#colon(next);
        break;
      case "?":
        if (this.#placeholder === "question") this.#push(this.#native, this.#at + 1, this.#at + 1);
        break;
      default:
        this.#atSign();
    }
  }

  #skip(end: number, what: OpaqueSpan["what"]): void {
    this.#opaque.push({ start: this.#at, end, what });
    this.#at = end;
  }

  #string(): void {
    const prefix = this.#prefix();
    if (this.#features.has("qQuotes") && (prefix === "q" || prefix === "nq")) {
      const opener = this.#text[this.#at + 1] ?? "";
      const end = this.#text.indexOf(`${closers[opener] ?? opener}'`, this.#at + 2);
      this.#skip(end < 0 ? this.#text.length : end + 2, "a string");
      return;
    }
    const escapes = this.#features.has("backslashEscapes") && prefix === "e";
    const endOfString = escapes || this.#features.has("backslashStrings") ? endOfEscaped : endOfDoubled;
    let end = endOfString(this.#text, "'", this.#at + 1);
    // A string goes on behind a line break, and its escapes with it: E'a' <line break> 'b\'c' is one string.
    while (escapes && matchAt(continued, this.#text, end)) end = endOfString(this.#text, "'", continued.lastIndex);
    this.#skip(end, "a string");
  }

  /** The letters that stand directly before the quote, when they are no longer than a prefix can be; lower case. */
  #prefix(): string {
    let start = this.#at;
    while (start > 0 && this.#at - start < 3 && wordCharacter.test(this.#text[start - 1] ?? "")) start--;
    return this.#text.slice(start, this.#at).toLowerCase();
  }

  #isDashComment(): boolean {
    return !this.#features.has("spacedDashes") || blankOrControl.test(this.#text[this.#at + 2] ?? " ");
  }

  #lineComment(): void {
    this.#skip(endOfLine(this.#text, this.#at, !this.#features.has("spacedDashes")), "a comment");
  }

  /** What stands in an executable comment is code; only its ends are none. */
  #slash(next: string | undefined): void {
    if (this.#inExecutable && this.#text[this.#at - 1] === "*") {
      this.#inExecutable = false;
      this.#opaque.push({ start: this.#at - 1, end: this.#at + 1, what: "a comment" });
    } else if (next === "*") {
      if (this.#features.has("executableComments") && matchAt(executableOpener, this.#text, this.#at)) {
        this.#inExecutable = true;
        this.#skip(executableOpener.lastIndex, "a comment");
      } else {
        const nested = this.#features.has("nestedComments");
        this.#skip(endOfBlockComment(this.#text, this.#at + 2, nested), "a comment");
      }
    }
  }

  #dollar(): void {
    if (this.#followsWord()) return;
    if (this.#features.has("dollarQuotes") && matchAt(dollarTag, this.#text, this.#at)) {
      const tag = this.#text.slice(this.#at, dollarTag.lastIndex);
      const end = this.#text.indexOf(tag, dollarTag.lastIndex);
      this.#skip(end < 0 ? this.#text.length : end + tag.length, "a string");
    } else if (this.#placeholder === "dollar" && matchAt(digits, this.#text, this.#at + 1)) {
      this.#push(this.#native, this.#at + 1, digits.lastIndex);
    }
  }

  #atSign(): void {
    if (this.#placeholder === "at-name" && !this.#followsWord() && matchAt(nativeName, this.#text, this.#at + 1)) {
      this.#push(this.#native, this.#at + 2, nativeName.lastIndex);
    }
  }

  #colon(next: string | undefined): void {
    if (next === ":") this.#at += 2;
    else if (matchAt(name, this.#text, this.#at + 1)) {
      if (!this.#isSlice()) this.#push(this.#named, this.#at + 1, name.lastIndex);
    } else if (this.#placeholder === "colon-number" && matchAt(digits, this.#text, this.#at + 1)) {
      this.#push(this.#native, this.#at + 1, digits.lastIndex);
    }
  }

  /** Inside brackets a colon directly behind an operand parts a slice: `a[i:j]`. */
  #isSlice(): boolean {
    if (this.#brackets === 0 || !this.#features.has("slices")) return false;
    const before = this.#text[this.#at - 1] ?? "";
    return wordCharacter.test(before) || before === ")" || before === "]" || before === '"';
  }

  #push(spans: PlaceholderSpan[], nameStart: number, end: number): void {
    spans.push({ start: this.#at, end, name: this.#text.slice(nameStart, end) });
    this.#at = end;
  }

  #followsWord(): boolean {
    return this.#at > 0 && wordCharacter.test(this.#text[this.#at - 1] ?? "");
  }
}

function matchAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
