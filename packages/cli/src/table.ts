/** What may stand in a table. */
export type Cell = string | number;

/** A table for a terminal: numbers to the right, a blank line nowhere. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => String(line[column] ?? "").length)));
  const right = heads.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  return lines
    .map((line) =>
      widths
        .map((width, column) => {
          const text = String(line[column] ?? "");
          return right[column] === true ? text.padStart(width) : text.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
