import type { DialectFacts } from "../driver/index.ts";
import { lex } from "./lexer.ts";

/**
 * What is code in a text, in lower case: a blank stands for each comment, `''` for each string, and a quoted identifier stays as it is written
 * when it is a plain word and is `""` otherwise. So words and semicolons can be looked for without finding those inside of strings. For adapters
 * that have to know what a text does before, or after, the server has run it.
 */
export function codeOf(text: string, dialect: Pick<DialectFacts, "placeholder" | "lexical">): string {
  let code = "";
  let from = 0;
  for (const { start, end, what } of lex(text, dialect).opaque) {
    code += text.slice(from, start).toLowerCase();
    code += what === "a comment" ? " " : what === "a string" ? "''" : identifier(text.slice(start, end));
    from = end;
  }
  return code + text.slice(from).toLowerCase();
}

const plainWord = /^.\w+.$/;

function identifier(quoted: string): string {
  return plainWord.test(quoted) ? quoted : '""';
}
