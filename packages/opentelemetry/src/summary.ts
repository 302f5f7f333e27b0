import { piecesOf } from "./sql-words.ts";

/** The longest summary that the conventions allow, in characters. */
const longest = 255;

const operations: ReadonlySet<string> = new Set(
  "select insert update delete merge replace call exec execute create alter drop truncate begin commit rollback savepoint explain grant revoke vacuum analyze copy lock set show".split(
    " ",
  ),
);
/** These are operations only where a statement begins with them. */
const onlyFirst: ReadonlySet<string> = new Set(["analyze", "copy", "lock", "set", "show"]);
/** Behind one of these comes the name of what is worked on. */
const beforeNames: ReadonlySet<string> = new Set(
  "from join into update table view index call exec execute using procedure".split(" "),
);
/** Between such a word and the name. */
const fillers: ReadonlySet<string> = new Set(
  "if not exists only lateral concurrently temporary temp unique local global".split(" "),
);
/** Words of one statement that are operations elsewhere: `for update`, `do update`, `on duplicate key update`, `when matched then insert`. */
const notBefore: ReadonlySet<string> = new Set("for do key then on before after of".split(" "));

/** Behind these no more names of the same list come. */
const endsList: ReadonlySet<string> = new Set(
  "where on set values group order having limit returning output when union intersect except window fetch offset".split(
    " ",
  ),
);

/**
 * What a statement does to what, in few words: its operations and the names behind them, as they are written. Never holds a literal.
 * @param before - words that come first
 * @returns only these where nothing was recognised
 */
export function summaryOf(engine: string, statement: string, before: readonly string[] = []): string {
  const reader = new SummaryReader(before);
  for (const { kind, text } of piecesOf(engine, statement)) {
    if (kind === "word" || kind === "quoted") reader.name(text, kind === "word" ? text.toLowerCase() : "");
    else if (kind === "sign") reader.sign(text);
  }
  return cut(reader.parts);
}

/** The first word of a statement that is an operation; of a text whose names may be many. */
export function operationOf(engine: string, statement: string): string {
  for (const { kind, text } of piecesOf(engine, statement)) {
    if (kind === "word" && operations.has(text.toLowerCase())) return text;
  }
  return "";
}

class SummaryReader {
  readonly parts: string[];
  /** For each bracket that is open: whether an operation is in it. FROM in EXTRACT(YEAR FROM x) names no table. */
  readonly #depths: boolean[] = [false];
  /** A name is next. */
  #expects = false;
  /** At which depth a comma is followed by another name; -1 for none. */
  #listDepth = -1;
  /** The last piece was a name that may go on behind a dot, or that dot. */
  #joins: "name" | "dot" | undefined;
  /** The word before; `undefined` at the beginning. */
  #before: string | undefined;

  constructor(before: readonly string[]) {
    this.parts = [...before];
  }

  sign(text: string): void {
    if (text === "." && this.#joins === "name") {
      this.#joins = "dot";
      return;
    }
    this.#joins = undefined;
    if (text === "(") {
      this.#depths.push(false);
      this.#expects = false;
    } else if (text === ")") {
      if (this.#depths.length > 1) this.#depths.pop();
      this.#expects = false;
    } else if (text === ",") this.#expects = this.#listDepth === this.#depths.length;
  }

  /** @param word - in lower case; empty for a quoted name */
  name(text: string, word: string): void {
    if (this.#joins === "dot") {
      this.parts.push(`${this.parts.pop() ?? ""}.${text}`);
      this.#joins = "name";
      return;
    }
    this.#joins = undefined;
    if (this.#expects && fillers.has(word)) return;
    const isFirst = this.#before === undefined;
    const isOperation = operations.has(word) && (isFirst || !onlyFirst.has(word)) && !notBefore.has(this.#before ?? "");
    if (this.#expects && !isOperation && !beforeNames.has(word)) {
      this.parts.push(text);
      this.#joins = "name";
      this.#expects = false;
    } else if (word !== "") this.#keyword(text, word, isOperation);
    this.#before = word;
  }

  #keyword(text: string, word: string, isOperation: boolean): void {
    if (isOperation) {
      this.parts.push(text);
      this.#depths[this.#depths.length - 1] = true;
    }
    const isUpdateOfOther = word === "update" && !isOperation;
    if (beforeNames.has(word) && this.#depths.at(-1) === true && !isUpdateOfOther) {
      this.#expects = true;
      this.#listDepth = word === "from" ? this.#depths.length : -1;
    } else if (isOperation || endsList.has(word)) {
      this.#expects = false;
      this.#listDepth = -1;
    }
  }
}

/** Between words. */
function cut(parts: readonly string[]): string {
  let summary = "";
  for (const part of parts) {
    const longer = summary === "" ? part : `${summary} ${part}`;
    if (longer.length > longest) break;
    summary = longer;
  }
  return summary;
}
