import { isName, name, quoted } from "./names.ts";
import type { TokenStream } from "./token-stream.ts";

/** A word behind a table that goes on with the statement and is no alias. */
const notAnAlias = new Set(
  "JOIN INNER LEFT RIGHT FULL CROSS NATURAL OUTER ON USING WHERE GROUP HAVING ORDER CONNECT START UNION INTERSECT MINUS FETCH OFFSET FOR SET WHEN RETURNING RETURN LOG PIVOT UNPIVOT SAMPLE PARTITION".split(
    " ",
  ),
);

/** The alias behind a table, which has no AS. */
export function tableAlias(stream: TokenStream): string {
  const token = stream.peek();
  if (token.kind === "word" && notAnAlias.has(token.value)) {
    if (["PIVOT", "UNPIVOT", "SAMPLE", "PARTITION"].includes(token.value)) throw stream.refuse();
    return "";
  }
  return isName(stream) ? ` AS ${quoted(name(stream))}` : "";
}
