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

/**
 * Groups by label, text and caller; a batch counts as one. Two lines of the stack make a caller: the first alone is often a function that all queries of a table
 * go through, and those further out are another's after the first `await` of a loop.
 */
export function repeatsOf(statements: readonly RecordedStatement[], atLeast: number): Repeat[] {
  const groups = new Map<string, RecordedStatement[]>();
  for (const statement of statements) {
    if (statement.text === undefined) continue;
    const key = JSON.stringify([statement.database, statement.text, ...statement.callers.slice(0, 2)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [statement]);
    else group.push(statement);
  }
  return [...groups.values()]
    .filter((group) => group.length >= Math.max(2, atLeast))
    .map((group) => {
      const { database, text = "", caller } = group[0] as RecordedStatement;
      const values = new Set(group.map((it) => it.fingerprint));
      return { database, text, times: group.length, kind: values.size > 1 ? "n+1" : "same values", caller };
    });
}
