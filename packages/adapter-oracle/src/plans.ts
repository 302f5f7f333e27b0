import type { Plans } from "@nsj/mdb-core";

/** A text is planned as a value of a block, since the placeholders in it are to have no values. */
const explain = "begin execute immediate 'explain plan set statement_id = ''mdb'' for ' || :1; end;";
const show = "select plan_table_output from table(dbms_xplan.display(null, 'mdb', 'TYPICAL'))";

/** `|*  1 |  TABLE ACCESS FULL| ORDERS |`, on some machines with a word about where the rows are kept. */
const scan = /\|\s*TABLE ACCESS (?:STORAGE |INMEMORY )?FULL\s*\|\s*([^|]*?)\s*\|/;

/** Oracle plans into PLAN_TABLE, which every user has, and takes each placeholder for a text. What it has written there is rolled back. */
export const plans: Plans = Object.freeze<Plans>({
  basis: "no-values",
  undone: true,
  ask: (text) => [
    { text: explain, values: [text] },
    { text: show, values: [] },
  ],
  read({ rows }) {
    const lines = rows.map(([line]) => String(line ?? ""));
    if (lines.length === 0) return undefined;
    return { text: lines.join("\n"), scans: [...new Set(lines.flatMap((line) => scan.exec(line)?.[1] ?? []))] };
  },
});
