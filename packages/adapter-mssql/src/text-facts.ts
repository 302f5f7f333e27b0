import { type Scope, type Traces, tracesOf } from "./traces.ts";

/** What can be seen in the text of a statement without understanding it. */
export interface TextFacts {
  /** The highest `@pN`. */
  readonly parameters: number;
  /** Every `@p1` up to the highest occurs. */
  readonly everyOneUsed: boolean;
  /** It looks like one statement: one verb at its start and no semicolon before its end. */
  readonly single: boolean;
  /** It names NOCOUNT, and so may leave the session without counts of rows. */
  readonly nocount: boolean;
  /** What it leaves behind, by the way it goes. */
  readonly traces: Readonly<Record<Scope, Traces>>;
}

// Comments nest and are therefore skipped by hand; quotes and brackets double their closing mark.
const piece =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\[(?:[^\]]|\]\])*\]?|--[^\n]*|\/\*|@@?[\p{L}\p{N}_@#$]+|[\p{L}_#][\p{L}\p{N}_@#$]*|;|\S/gu;

const verbs: ReadonlySet<string> = new Set(["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH"]);

/** Looks through a text, past its strings, names and comments. */
export function textFacts(text: string): TextFacts {
  const used = new Set<number>();
  let verb = "";
  let lastVerb = "";
  let ended = false;
  let single = true;
  let nocount = false;
  piece.lastIndex = 0;
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) {
    const [part] = found;
    if (part.startsWith("--")) continue;
    if (part === "/*") {
      piece.lastIndex = endOfComment(text, found.index);
      continue;
    }
    if (part === ";") {
      ended = true;
      continue;
    }
    if (ended) single = false;
    const word = part.toUpperCase();
    if (verb === "") verb = word;
    if (verbs.has(word)) lastVerb = word;
    if (word === "NOCOUNT") nocount = true;
    // SELECT INTO makes a table. What follows without a semicolon would be compiled, and refused, only after it ran.
    if (word === "INTO" && lastVerb === "SELECT") single = false;
    const [, number] = /^@p([1-9]\d{0,4})$/i.exec(part) ?? [];
    if (number !== undefined) used.add(Number(number));
  }
  const parameters = used.size === 0 ? 0 : Math.max(...used);
  return {
    parameters,
    everyOneUsed: used.size === parameters,
    single: single && verbs.has(verb),
    nocount,
    traces: {
      batch: tracesOf(text, "batch"),
      sp_executesql: parameters === 0 ? "nothing" : tracesOf(text, "sp_executesql"),
    },
  };
}

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
  return text.length;
}
