import type { ErrorInfo } from "@nsj/mdb-core";

type Facts = Pick<ErrorInfo, "constraint" | "table" | "columns">;

/** What the text of a violated constraint names. SQLite has these texts in English and does not translate them. */
export function constraintFacts(code: string, message: string): Facts {
  if (!code.startsWith("SQLITE_CONSTRAINT")) return {};
  const index = /^UNIQUE constraint failed: index '(.*)'$/s.exec(message);
  if (index?.[1] !== undefined) return { constraint: index[1] };
  const check = /^CHECK constraint failed: (.*)$/s.exec(message);
  if (check?.[1] !== undefined) return { constraint: check[1] };
  const columns = /^(?:UNIQUE|NOT NULL) constraint failed: (.*)$/s.exec(message);
  if (columns?.[1] !== undefined) return columnFacts(columns[1].split(", "));
  const datatype = /^cannot store \w+ value in \w+ column (.*)$/s.exec(message);
  if (datatype?.[1] !== undefined) return columnFacts([datatype[1]]);
  return {};
}

/** Splits `table.column`. A dot inside a name makes it ambiguous; then the table is taken to be the part that has none. */
function columnFacts(qualified: readonly string[]): Facts {
  const dot = qualified[0]?.indexOf(".") ?? -1;
  if (dot < 1) return {};
  const prefix = qualified[0]?.slice(0, dot + 1) ?? "";
  if (!qualified.every((name) => name.startsWith(prefix))) return { table: prefix.slice(0, -1) };
  return { table: prefix.slice(0, -1), columns: qualified.map((name) => name.slice(dot + 1)) };
}
