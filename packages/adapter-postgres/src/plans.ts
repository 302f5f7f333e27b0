import type { Plans, ResultSet, Statement } from "@nsj/mdb-core";

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Schema?: string;
  readonly Plans?: readonly Node[];
}

/** Texts, names in quotes and comments: a dollar and a number in them is no place for a value. */
const quoted =
  /\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * Asked as scripts, because only the simple protocol takes placeholders without values: by the extended one the server wants the parameters that are to be done
 * without. What is prepared ends with the script, and where that fails with the reset of the session.
 */
export const plans: Plans = Object.freeze<Plans>({
  basis: "no-values",
  undone: true,
  about: { text: "show server_version_num", values: [] },
  ask: (text, about) => (Number(about?.rows[0]?.[0]) < 160_000 ? preparedPlan(text) : genericPlan(text)),
  read(answer) {
    const told = withRows(answer).rows[0]?.[0];
    const text = typeof told === "string" ? told : JSON.stringify(told);
    const [root] = JSON.parse(text) as readonly { readonly Plan: Node }[];
    const scans = new Set<string>();
    const visit = (node: Node): void => {
      if (node["Node Type"] === "Seq Scan" && node["Relation Name"] !== undefined) scans.add(node["Relation Name"]);
      for (const inner of node.Plans ?? []) visit(inner);
    };
    if (root !== undefined) visit(root.Plan);
    return { text, scans: [...scans] };
  },
});

function genericPlan(text: string): readonly Statement[] {
  return [{ text: `explain (generic_plan, format json) ${text}\n; select 1`, values: [] }];
}

/**
 * Before version 16: the plan of a prepared statement that is to do without its values, which are NULL, and are looked at only to leave out partitions. Those are
 * better shown than left out.
 */
function preparedPlan(text: string): readonly Statement[] {
  const numbers = Array.from(text.replace(quoted, " ").matchAll(/(?<![\w$])\$(\d+)/g), ([, number]) => Number(number));
  const nulls = Array.from({ length: Math.max(0, ...numbers) }, () => "null").join(", ");
  const execute = nulls === "" ? "execute mdb_plan" : `execute mdb_plan(${nulls})`;
  const script = [
    "set local plan_cache_mode = force_generic_plan; set local enable_partition_pruning = off",
    `prepare mdb_plan as ${text}\n`,
    `explain (format json) ${execute}`,
    "deallocate mdb_plan",
  ];
  return [{ text: script.join("; "), values: [] }];
}

/** The answer of a script's first statement that gives rows. */
function withRows(answer: ResultSet): ResultSet {
  return answer.columns.length > 0 || answer.next === undefined ? answer : withRows(answer.next);
}
