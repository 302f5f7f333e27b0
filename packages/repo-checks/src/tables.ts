/** A row of a Markdown table: the text of its first cell without back quotes, and every cell by its column's title. */
export interface TableRow {
  readonly key: string;
  readonly cells: Readonly<Record<string, string>>;
}

/** The rows of every table of a Markdown text, in order. */
export function tableRows(text: string): readonly TableRow[] {
  const rows: TableRow[] = [];
  let titles: readonly string[] = [];
  for (const line of text.split("\n")) {
    const cells = /^\| (.*) \|$/
      .exec(line)?.[1]
      ?.split(" | ")
      .map((cell) => cell.trim());
    if (cells === undefined) titles = [];
    else if (titles.length === 0) titles = cells;
    else if (!/^-+$/.test(cells[0] ?? "")) {
      const named = titles.map((title, index) => [title, cells[index] ?? ""] as const);
      rows.push({ key: (cells[0] ?? "").replaceAll("`", ""), cells: Object.fromEntries(named) });
    }
  }
  return rows;
}

/** A value as the tables of the documents write it. */
export function inTable(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(inTable).join(", ");
  // Of what is described part by part, the page says for which parts.
  if (typeof value === "object" && value !== null) return inTable(Object.keys(value));
  return `\`${String(value)}\``;
}
