import type { Plans, Statement } from "@nsj/mdb-core";

/** A text or name in quotes, a comment, or a place for a value. */
const piece = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|#[^\n]*|--\s[^\n]*|\/\*[\s\S]*?\*\/|\?/g;
const reads = /^(?:\s|--\s[^\n]*\n|#[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:select|with|values)\b/i;
/** Here only a number may stand. */
const beforeCount = /\b(?:limit|offset|first|next|limit\s+\?\s*,)\s*$/i;
/** Here only what is constant may stand. */
const beforeConstant = /\b(?:against\s*\(|interval)\s*$/i;

/** Fits columns of numbers, of texts and of times, so that none of them is converted for its sake. */
const constant = "'2000-01-01'";
const madeUp = "mdb_value";
/**
 * A value that the optimizer does not know while it plans: it would look a constant up in a unique index at once, find nothing, and say no more than that. A
 * subquery without a table of its own would be a constant again.
 */
const unknown = `(select max(${madeUp}.v) from (select ${constant} as v union all select ${constant}) as ${madeUp})`;

interface Table {
  readonly table_name?: unknown;
  readonly access_type?: unknown;
  /** It is written to, which MySQL calls a reading of all of it. */
  readonly insert?: unknown;
  /** Why there is nothing to plan. */
  readonly message?: unknown;
}

/**
 * MySQL looks into a unique index whatever stands for the value, and where it finds nothing it says no more than that. What it would have read whole beside
 * is not known then.
 */
const nothingFound = "no matching row in const table";

/** Here UPDATE and DELETE are refused, even to be explained, where a value is none of the column's type; and a second form of plans knows neither. */
const lenient = ["STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "TRADITIONAL"].reduce(
  (mode, one) => `replace(${mode}, '${one}', '')`,
  "@@session.sql_mode",
);
const asMysqlIsAsked: Statement = Object.freeze<Statement>({
  text: `set session sql_mode = ${lenient} /*!80300 , session explain_json_format_version = 1 */`,
  values: [],
});

/** The plans of MariaDB. */
export const mariadbPlans: Plans = plansBehind([]);
/** The plans of MySQL. */
export const mysqlPlans: Plans = plansBehind([asMysqlIsAsked]);

/**
 * MariaDB and MySQL plan with values only, so others stand in for them. While they explain, they may run functions that a condition calls with constants, so what
 * those have written is rolled back, and the session is reset.
 */
function plansBehind(settings: readonly Statement[]): Plans {
  return Object.freeze<Plans>({
    basis: "other-values",
    undone: true,
    ask: (text) => [...settings, { text: `explain format=json ${withValues(text)}`, values: [] }],
    read({ rows }, asked) {
      const told = rows[0]?.[0];
      const text = typeof told === "string" ? told : JSON.stringify(told);
      const scans = new Set<string>();
      let isKnown = true;
      const visit = (node: unknown): void => {
        if (typeof node !== "object" || node === null) return;
        const { table_name: name, access_type: access, insert, message } = node as Table;
        if (message === nothingFound) isKnown = readsOneTable(asked);
        // In angle brackets: what the server has made for itself.
        const isOfStatement = typeof name === "string" && !name.startsWith("<") && name !== madeUp;
        if (access === "ALL" && insert !== true && isOfStatement) scans.add(name);
        for (const inner of Object.values(node)) visit(inner);
      };
      visit(JSON.parse(text));
      return isKnown ? { text, scans: [...scans] } : undefined;
    },
  });
}

/** A statement with values in its places for them. */
function withValues(text: string): string {
  // What UPDATE and DELETE find their rows by is planned without subqueries, and without looking into an index.
  const value = reads.test(text) ? unknown : constant;
  return text.replace(piece, (found, at: number) => {
    if (found !== "?") return found;
    const before = text.slice(0, at);
    if (beforeCount.test(before)) return "100";
    return beforeConstant.test(before) ? constant : value;
  });
}

/** Whether a statement names one table, as far as that can be told from the text. */
function readsOneTable(text: string): boolean {
  const code = text.replace(piece, " ");
  return !/\bjoin\b|\bfrom\b[\s\S]*\bfrom\b|\bfrom\b[^()]*,/i.test(code.replace(/\bwhere\b[^()]*$/i, ""));
}
