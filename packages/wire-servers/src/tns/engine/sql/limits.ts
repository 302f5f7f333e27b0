import type { Expressions } from "./expression.ts";
import { rownumMark } from "./functions.ts";
import type { TokenStream } from "./token-stream.ts";

/** `ROWNUM <= 10`, `ROWNUM < 11` or `ROWNUM = 1` as a limit. */
export function rownumLimit(stream: TokenStream, conditions: readonly string[]): string {
  let limit = "";
  for (const condition of conditions) {
    if (!condition.includes(rownumMark)) continue;
    const match = new RegExp(`^${rownumMark} (<=|<|=) ([^${rownumMark}]+)$`).exec(condition);
    if (match?.[2] === undefined || limit !== "" || (match[1] === "=" && match[2] !== "1::numeric")) {
      throw stream.refuse("this condition about ROWNUM");
    }
    limit = ` LIMIT greatest((${match[2]})${match[1] === "<" ? " - 1" : ""}, 0)::bigint`;
  }
  return limit;
}

/** `OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY`. */
export function rowLimit(stream: TokenStream, expressions: Expressions): string {
  let text = "";
  if (stream.accept("OFFSET")) {
    text += ` OFFSET greatest(${expressions.expression()}, 0)::bigint`;
    if (stream.word("ROW", "ROWS") === undefined) throw stream.error(905, "missing keyword");
  }
  if (stream.accept("FETCH")) {
    if (stream.word("FIRST", "NEXT") === undefined) throw stream.error(905, "missing keyword");
    const count = stream.isOneOf("ROW", "ROWS") ? "1" : expressions.expression();
    if (stream.is("PERCENT")) throw stream.refuse();
    if (stream.word("ROW", "ROWS") === undefined) throw stream.error(905, "missing keyword");
    text += ` FETCH FIRST (greatest(${count}, 0)::bigint) ROWS`;
    if (stream.is("WITH")) throw stream.refuse();
    stream.expect("ONLY", 905, "missing keyword");
    text += " ONLY";
  }
  return text;
}

/** `SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= n`, the one form of CONNECT BY that is understood: a series of numbers. */
export function series(stream: TokenStream, expressions: Expressions, columns: string, from: string): string {
  if (!stream.is("CONNECT") || from !== '"DUAL"') throw stream.refuse();
  stream.expect("CONNECT");
  stream.expect("BY");
  stream.expect("LEVEL", 1788, "CONNECT BY clause required in this query block");
  const inclusive = stream.accept("<=");
  if (!inclusive) stream.expect("<", 920, "invalid relational operator");
  const count = expressions.expression();
  const last = `greatest((${count})${inclusive ? "" : " - 1"}, 1)::bigint`;
  return `SELECT ${columns.replaceAll(rownumMark, '"LEVEL"')} FROM (SELECT n::numeric AS "LEVEL" FROM generate_series(1, ${last}) n) AS "DUAL"`;
}
