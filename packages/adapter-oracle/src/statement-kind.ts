import { gap } from "./between-words.ts";

const firstWord = new RegExp(`^(?:${gap}|\\()*([a-z]+)`, "i");

/** What a text is, by its first word: what gives rows, what changes them, and everything else. */
export type StatementKind = "query" | "change" | "other";

const kinds: Readonly<Record<string, StatementKind>> = {
  select: "query",
  with: "query",
  insert: "change",
  update: "change",
  delete: "change",
  merge: "change",
};

/** What a text is, which decides whether rows are counted and whether there is anything to commit. */
export function statementKind(text: string): StatementKind {
  const word = firstWord.exec(text)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(kinds, word) ? (kinds[word] ?? "other") : "other";
}
