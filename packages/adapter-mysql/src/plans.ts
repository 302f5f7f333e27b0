import type { Plans } from "@nsj/mdb-core";

/** A text or name in quotes, a comment, or a place for a value. */
const piece = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|#[^\n]*|--\s[^\n]*|\/\*[\s\S]*?\*\/|\?/g;
const reads = /^(?:\s|--\s[^\n]*\n|#[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:select|with|values)\b/i;
/** Here only a number may stand. */
const beforeCount = /\b(?:limit|offset|first|next|limit\s+\?\s*,)\s*$/i;
/** Here only what is constant may stand. */
const beforeConstant = /\b(?:against\s*\(|interval)\s*$/i;

/** Fits columns of numbers, of texts and of times, so that none of them is converted for its sake. */
const constant = "'2000-01-01'";
/**
 * A value that the optimizer does not know while it plans: it would look a constant up in a unique index at once, find nothing, and say no more than that. A
 * subquery without a table of its own would be a constant again.
 */
const unknown = `(select max(mdb_value.v) from (select ${constant} as v union all select ${constant}) as mdb_value)`;

interface Table {
  readonly table_name?: unknown;
  readonly access_type?: unknown;
}

/**
 * MariaDB and MySQL plan with values only, so others stand in for them. While they explain, they may run functions that a condition calls with constants, so what
 * those have written is rolled back.
 */
export const plans: Plans = Object.freeze<Plans>({
  basis: "other-values",
  undone: true,
  ask(text) {
    // What UPDATE and DELETE find their rows by is planned without subqueries, and without looking into an index.
    const value = reads.test(text) ? unknown : constant;
    const explained = text.replace(piece, (found, at: number) => {
      if (found !== "?") return found;
      const before = text.slice(0, at);
      if (beforeCount.test(before)) return "100";
      return beforeConstant.test(before) ? constant : value;
    });
    return [{ text: `explain format=json ${explained}`, values: [] }];
  },
  read({ rows }) {
    const told = rows[0]?.[0];
    const text = typeof told === "string" ? told : JSON.stringify(told);
    const scans = new Set<string>();
    const visit = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      const { table_name: name, access_type: access } = node as Table;
      // In angle brackets: what the server has made for itself.
      if (access === "ALL" && typeof name === "string" && !name.startsWith("<")) scans.add(name);
      for (const inner of Object.values(node)) visit(inner);
    };
    visit(JSON.parse(text));
    return { text, scans: [...scans] };
  },
});
