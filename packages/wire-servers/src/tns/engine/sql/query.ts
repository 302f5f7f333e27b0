import { Expressions } from "./expression.ts";
import { ordering, rownumMark } from "./functions.ts";
import { rowLimit, rownumLimit, series } from "./limits.ts";
import { columnList, isName, name, quoted, quotedPath, tableName } from "./names.ts";
import { tableAlias } from "./table-alias.ts";
import type { TokenStream } from "./token-stream.ts";

/** A translated query. */
export interface TranslatedQuery {
  readonly sql: string;
  /** It locks its rows. */
  readonly forUpdate: boolean;
}

/** The translator of expressions for a stream. */
export function expressionsOf(stream: TokenStream): Expressions {
  return new Expressions(stream, queryExpression);
}

/** Translates a whole SELECT statement, FOR UPDATE included. */
export function query(stream: TokenStream): TranslatedQuery {
  const sql = queryExpression(stream);
  if (!stream.accept("FOR")) return { sql, forUpdate: false };
  stream.expect("UPDATE", 905, "missing keyword");
  if (stream.isOneOf("OF", "WAIT", "SKIP")) throw stream.refuse();
  return { sql: `${sql} FOR UPDATE${stream.accept("NOWAIT") ? " NOWAIT" : ""}`, forUpdate: true };
}

/** Translates a query with its set operators, ordering and limit. */
export function queryExpression(stream: TokenStream): string {
  let text = stream.accept("WITH") ? `WITH ${commonTables(stream)} ` : "";
  text += queryTerm(stream);
  for (;;) {
    const operator = stream.word("UNION", "INTERSECT", "MINUS", "EXCEPT");
    if (operator === undefined) break;
    const all = stream.accept("ALL") ? " ALL" : "";
    text += ` ${operator === "MINUS" ? "EXCEPT" : operator}${all} ${queryTerm(stream)}`;
  }
  if (stream.accept("ORDER")) {
    if (stream.is("SIBLINGS")) throw stream.refuse();
    stream.expect("BY");
    text += ` ORDER BY ${ordering(stream, expressionsOf(stream))}`;
  }
  return text + rowLimit(stream, expressionsOf(stream));
}

function commonTables(stream: TokenStream): string {
  const tables: string[] = [];
  do {
    let text = quoted(name(stream));
    if (stream.is("(")) text += columnList(stream);
    stream.expect("AS");
    stream.expect("(");
    text += ` AS (${queryExpression(stream)})`;
    stream.expect(")");
    tables.push(text);
  } while (stream.accept(","));
  // Oracle says nowhere that a common table refers to itself; PostgreSQL wants to be told.
  return `RECURSIVE ${tables.join(", ")}`;
}

function queryTerm(stream: TokenStream): string {
  if (stream.accept("(")) {
    const text = queryExpression(stream);
    stream.expect(")");
    return `(${text})`;
  }
  return queryBlock(stream);
}

/** One SELECT ... FROM ... WHERE ... GROUP BY ... HAVING. */
function queryBlock(stream: TokenStream): string {
  stream.expect("SELECT");
  const distinct = stream.word("DISTINCT", "UNIQUE", "ALL");
  const columns = selectList(stream);
  stream.expect("FROM");
  const from = fromList(stream);
  let where = "";
  let limit = "";
  if (stream.accept("WHERE")) {
    const conditions = whereConditions(stream);
    const own = conditions.filter((condition) => !condition.includes(rownumMark));
    limit = rownumLimit(stream, conditions);
    if (own.length > 0) where = ` WHERE ${own.join(" AND ")}`;
  }
  if (stream.isOneOf("CONNECT", "START")) return series(stream, expressionsOf(stream), columns, from);
  let text = `${from}${where}`;
  if (stream.accept("GROUP")) {
    stream.expect("BY");
    text += ` GROUP BY ${expressionsOf(stream).list().join(", ")}`;
  }
  if (stream.accept("HAVING")) text += ` HAVING ${expressionsOf(stream).expression()}`;
  if (limit !== "" && stream.isOneOf("ORDER", "FETCH", "OFFSET")) throw stream.refuse("ROWNUM beside ORDER BY");
  const unique = distinct === "DISTINCT" || distinct === "UNIQUE" ? "DISTINCT " : "";
  const select = `SELECT ${unique}${columns.replaceAll(rownumMark, "row_number() OVER ()")} FROM ${text}${limit}`;
  return limit === "" ? select : `(${select})`;
}

/** The conditions of WHERE; those joined by AND one by one, so that one about ROWNUM can be found. */
function whereConditions(stream: TokenStream): string[] {
  const start = stream.at;
  const count = stream.placeholders.length;
  const parts = expressionsOf(stream).conjuncts();
  if (!stream.is("OR")) return parts;
  stream.at = start;
  stream.placeholders.length = count;
  return [`(${expressionsOf(stream).expression()})`];
}

function selectList(stream: TokenStream): string {
  const items: string[] = [];
  do items.push(selectItem(stream));
  while (stream.accept(","));
  return items.join(", ");
}

function selectItem(stream: TokenStream): string {
  if (stream.accept("*")) return "*";
  const start = stream.at;
  if (isName(stream) && stream.peek(1).value === "." && stream.peek(2).value === "*") {
    const table = quoted(name(stream));
    stream.at += 2;
    return `${table}.*`;
  }
  const value = expressionsOf(stream).expression();
  const end = stream.at;
  if (stream.accept("AS")) return `${value} AS ${quoted(alias(stream))}`;
  if (isName(stream)) return `${value} AS ${quoted(alias(stream))}`;
  return `${value} AS ${quoted(columnName(stream, start, end))}`;
}

/** An alias may be a word that a column cannot be. */
function alias(stream: TokenStream): string {
  return name(stream, 923, "FROM keyword not found where expected");
}

/** The name that Oracle gives to a column without one: its text, in upper case and without blanks. */
function columnName(stream: TokenStream, start: number, end: number): string {
  const tokens = stream.slice(start, end);
  const last = tokens.at(-1);
  const isPath = tokens.every((token, index) =>
    index % 2 === 0 ? token.kind === "word" || token.kind === "quoted" : token.value === ".",
  );
  if (isPath && last !== undefined) return last.value;
  return stream
    .source(start, end)
    .replace(/'[^']*'|\s+|[^\s']+/g, (part) => (part.startsWith("'") ? part : part.trim().toUpperCase()));
}

/** The tables of FROM. */
function fromList(stream: TokenStream): string {
  const tables = [joinedTable(stream)];
  while (stream.accept(",")) tables.push(joinedTable(stream));
  return tables.join(", ");
}

function joinedTable(stream: TokenStream): string {
  let text = tableReference(stream);
  for (;;) {
    const join = joinWords(stream);
    if (join === undefined) return text;
    text += ` ${join} ${tableReference(stream)}`;
    if (join.startsWith("CROSS") || join.startsWith("NATURAL")) continue;
    if (stream.accept("USING")) {
      text += ` USING ${columnList(stream)}`;
    } else {
      stream.expect("ON", 905, "missing keyword");
      text += ` ON ${expressionsOf(stream).expression()}`;
    }
  }
}

function joinWords(stream: TokenStream): string | undefined {
  if (stream.accept("JOIN") || stream.accept("INNER", "JOIN")) return "JOIN";
  if (stream.accept("CROSS", "JOIN")) return "CROSS JOIN";
  if (stream.accept("NATURAL", "JOIN")) return "NATURAL JOIN";
  for (const side of ["LEFT", "RIGHT", "FULL"]) {
    if (stream.accept(side, "OUTER", "JOIN") || stream.accept(side, "JOIN")) return `${side} JOIN`;
  }
  if (stream.isOneOf("CROSS", "OUTER", "NATURAL")) throw stream.refuse();
  return undefined;
}

function tableReference(stream: TokenStream): string {
  if (stream.isOneOf("LATERAL", "TABLE", "ONLY")) throw stream.refuse();
  let text: string;
  if (stream.accept("(")) {
    const isQuery = stream.isOneOf("SELECT", "WITH", "(");
    text = `(${isQuery ? queryExpression(stream) : joinedTable(stream)})`;
    stream.expect(")");
    if (!isQuery) return text;
  } else {
    text = quotedPath(tableName(stream));
  }
  return text + tableAlias(stream);
}
