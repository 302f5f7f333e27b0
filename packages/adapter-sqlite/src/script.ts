import { type Token, tokens } from "./tokens.ts";

/**
 * Cuts a text into its statements, by the rules of `sqlite3_complete` (https://sqlite.org/c3ref/complete.html): a semicolon ends a
 * statement, except in `CREATE TRIGGER`, which ends with `; END ;`. Pieces without a statement are left out.
 */
export function splitScript(text: string): readonly string[] {
  const statements: string[] = [];
  let start = 0;
  let scan = new StatementScan();
  for (const token of tokens(text)) {
    if (!scan.endsWith(token, text)) continue;
    if (!scan.empty) statements.push(text.slice(start, token.start));
    start = token.end;
    scan = new StatementScan();
  }
  if (!scan.empty) statements.push(text.slice(start));
  return statements;
}

/** Follows one statement from its first token. */
class StatementScan {
  /** No token that means anything has been seen. */
  empty = true;
  #words = 0;
  #creates = false;
  #trigger = false;
  /** What the last tokens of a trigger were. */
  #tail: "" | ";" | "; END" = "";

  /** Takes the next token, and says whether it is the semicolon that ends the statement. */
  endsWith(token: Token, text: string): boolean {
    if (token.kind === "blank") return false;
    if (token.kind === "semicolon") {
      if (!this.#trigger || this.#tail === "; END") return true;
      this.#tail = ";";
      return false;
    }
    this.empty = false;
    const word = token.kind === "word" ? text.slice(token.start, token.end).toUpperCase() : "";
    this.#tail = this.#tail === ";" && word === "END" ? "; END" : "";
    this.#lookForTrigger(word);
    return false;
  }

  // [EXPLAIN [QUERY PLAN]] CREATE [TEMP | TEMPORARY] TRIGGER
  #lookForTrigger(word: string): void {
    if (this.#words === 0 && (word === "EXPLAIN" || word === "QUERY" || word === "PLAN")) return;
    this.#words += 1;
    if (this.#words === 1) this.#creates = word === "CREATE";
    else if (this.#words === 2 && this.#creates && (word === "TEMP" || word === "TEMPORARY")) this.#words -= 1;
    else if (this.#words === 2 && this.#creates) this.#trigger = word === "TRIGGER";
  }
}
