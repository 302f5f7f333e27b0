import type { Plans } from "@nsj/mdb-core";

/** What is read whole: `SCAN orders`, on older versions `SCAN TABLE orders AS o`; one that goes along an index says so. */
const scan = /^SCAN (?:TABLE )?(?:\S+ AS )?([^\s(]+)$/;
/** Texts and names in quotes, and comments: a question mark in them is no place for a value. */
const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** SQLite plans without looking at values, so NULL does for each. */
export const plans: Plans = Object.freeze<Plans>({
  basis: "no-values",
  ask: (text) => [
    {
      text: `explain query plan ${text}`,
      values: Array.from(text.replace(quoted, "").matchAll(/\?/g), () => null),
    },
  ],
  read({ rows }) {
    const lines = rows.map((row) => String(row[3]));
    return { text: lines.join("\n"), scans: lines.flatMap((line) => scan.exec(line)?.[1] ?? []) };
  },
});
