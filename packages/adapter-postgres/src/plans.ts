import type { Plans } from "@nsj/mdb-core";

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Schema?: string;
  readonly Plans?: readonly Node[];
}

/**
 * PostgreSQL 16 and newer. Asked as a script of two statements, because only the simple protocol takes placeholders without values: by the extended one the
 * server wants the parameters that GENERIC_PLAN is there to do without.
 */
export const plans: Plans = Object.freeze<Plans>({
  ask: (text) => [{ text: `explain (generic_plan, format json) ${text}\n; select 1`, values: [] }],
  read({ rows }) {
    const told = rows[0]?.[0];
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
