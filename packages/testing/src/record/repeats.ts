import type { RecordedStatement } from "./recorded-statement.ts";

/** A text that came more than once from the same caller. */
export interface Repeat {
  /** The label. */
  readonly database: string;
  readonly text: string;
  readonly times: number;
  /** With other values, or with the same ones. */
  readonly kind: "n+1" | "same values";
  readonly caller: string | undefined;
}

/** Groups by label, text and caller; a batch counts as one. */
export function repeatsOf(statements: readonly RecordedStatement[], atLeast: number): Repeat[] {
  const texts = statements.filter((it) => it.text !== undefined);
  const key = ({ database, text, caller }: RecordedStatement): string =>
    JSON.stringify([database, text, withoutColumn(caller)]);
  return [...Map.groupBy(texts, key).values()]
    .flatMap(byOuterCaller)
    .filter((group) => group.length >= Math.max(2, atLeast))
    .map((group) => {
      const { database, text = "", caller } = group[0] as RecordedStatement;
      const values = new Set(group.map((it) => it.fingerprint));
      return { database, text, times: group.length, kind: values.size > 1 ? "n+1" : "same values", caller };
    });
}

/**
 * The first line is often a function through which all queries of a table go: who called that tells them apart. After the first `await` of a loop a stack does not
 * say that any more; what came so belongs to the most frequent caller.
 */
function byOuterCaller(group: readonly RecordedStatement[]): (readonly RecordedStatement[])[] {
  const outer = ({ callers: [, line] }: RecordedStatement): string =>
    line === undefined || line.startsWith("async ") ? "" : withoutColumn(line);
  const { "": unknown = [], ...known } = Object.fromEntries(Map.groupBy(group, outer));
  const [largest = [], ...others] = Object.values(known).toSorted((a, b) => b.length - a.length);
  return [[...largest, ...unknown], ...others];
}

/** The same call has another column when it is looked at behind its `await`. */
function withoutColumn(line = ""): string {
  return line.replace(/:\d+(\)?)$/, "$1");
}
