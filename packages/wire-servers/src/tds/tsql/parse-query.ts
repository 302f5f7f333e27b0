import { SqlServerError } from "../engine/sql-server-error.ts";
import type { CommonTable, Expression, JoinKind, Query, QueryBody, Select, SelectItem, TableSource } from "./ast.ts";
import { parseCondition, parseExpression, parseOrder } from "./parse-expression.ts";
import type { TokenStream } from "./token-stream.ts";

/** Parses a query with what may surround it: WITH, ORDER BY, OFFSET, OPTION. */
export function parseQuery(tokens: TokenStream): Query {
  return parseQueryBody(tokens, parseCommonTables(tokens));
}

/** Parses `WITH name AS (query), ...`, if it comes next. */
export function parseCommonTables(tokens: TokenStream): readonly CommonTable[] {
  if (!tokens.accepts("WITH")) return [];
  return tokens.list(() => {
    const name = tokens.identifier();
    const columns = tokens.seesSymbol("(") ? tokens.parenthesized(() => tokens.identifier()) : [];
    tokens.expect("AS");
    tokens.expectSymbol("(");
    const query = parseQuery(tokens);
    tokens.expectSymbol(")");
    return { name, columns, query };
  });
}

/** Parses a query from behind its common tables. */
export function parseQueryBody(tokens: TokenStream, common: readonly CommonTable[]): Query {
  const body = parseSetOperations(tokens);
  const orderBy = tokens.accepts("ORDER", "BY") ? tokens.list(() => parseOrder(tokens)) : [];
  let offset: Expression | undefined;
  let fetch: Expression | undefined;
  if (tokens.seesAny("OFFSET")) {
    // The documentation: OFFSET is a part of ORDER BY.
    if (orderBy.length === 0) throw tokens.unexpected();
    tokens.next();
    offset = parseExpression(tokens);
    if (!tokens.accepts("ROWS")) tokens.expect("ROW");
    if (tokens.accepts("FETCH")) {
      if (!tokens.accepts("NEXT")) tokens.expect("FIRST");
      fetch = parseExpression(tokens);
      if (!tokens.accepts("ROWS")) tokens.expect("ROW");
      tokens.expect("ONLY");
    }
  }
  if (tokens.sees("FOR")) throw tokens.refuse("FOR");
  parseOptions(tokens);
  return { kind: "query", common, body, orderBy, offset, fetch };
}

/** Refuses `OPTION (...)`, if it comes next. */
export function parseOptions(tokens: TokenStream): void {
  if (tokens.sees("OPTION")) throw tokens.refuse("OPTION");
}

function parseSetOperations(tokens: TokenStream): QueryBody {
  let left = parseIntersections(tokens);
  for (;;) {
    if (tokens.accepts("UNION", "ALL"))
      left = { kind: "set", operator: "UNION ALL", left, right: parseIntersections(tokens) };
    else if (tokens.accepts("UNION"))
      left = { kind: "set", operator: "UNION", left, right: parseIntersections(tokens) };
    else if (tokens.accepts("EXCEPT"))
      left = { kind: "set", operator: "EXCEPT", left, right: parseIntersections(tokens) };
    else return left;
  }
}

function parseIntersections(tokens: TokenStream): QueryBody {
  let left = parseQueryTerm(tokens);
  while (tokens.accepts("INTERSECT"))
    left = { kind: "set", operator: "INTERSECT", left, right: parseQueryTerm(tokens) };
  return left;
}

function parseQueryTerm(tokens: TokenStream): QueryBody {
  if (!tokens.acceptsSymbol("(")) return parseSelect(tokens);
  const query = parseQuery(tokens);
  tokens.expectSymbol(")");
  return { kind: "nested", query };
}

function parseSelect(tokens: TokenStream): Select {
  tokens.expect("SELECT");
  const distinct = tokens.accepts("DISTINCT");
  if (!distinct) tokens.accepts("ALL");
  const top = parseTop(tokens);
  const items = tokens.list(() => parseSelectItem(tokens));
  const into = tokens.accepts("INTO") ? tokens.name() : undefined;
  const from = tokens.accepts("FROM") ? tokens.list(() => parseTableSource(tokens)) : [];
  const where = tokens.accepts("WHERE") ? parseCondition(tokens) : undefined;
  const groupBy = tokens.accepts("GROUP", "BY") ? tokens.list(() => parseExpression(tokens)) : [];
  const having = tokens.accepts("HAVING") ? parseCondition(tokens) : undefined;
  return { kind: "select", distinct, top, items, into, from, where, groupBy, having };
}

/** Parses `TOP n` or `TOP (n)`, if it comes next. */
export function parseTop(tokens: TokenStream): Expression | undefined {
  if (!tokens.accepts("TOP")) return undefined;
  let count: Expression;
  if (tokens.acceptsSymbol("(")) {
    count = parseExpression(tokens);
    tokens.expectSymbol(")");
  } else {
    // Without parentheses only a number is allowed: `TOP 1 -x` is not `TOP (1 - x)`.
    const token = tokens.next();
    if (token.kind !== "number") throw tokens.unexpected();
    count = { kind: "literal", type: { name: "int" }, value: token.text };
  }
  if (tokens.sees("PERCENT") || tokens.sees("WITH", "TIES")) throw tokens.refuse("TOP with more than a number");
  return count;
}

/** Parses one item of a select list or an OUTPUT clause. */
export function parseSelectItem(tokens: TokenStream): SelectItem {
  if (tokens.acceptsSymbol("*")) return { kind: "star", qualifier: undefined };
  const star = parseQualifiedStar(tokens);
  if (star !== undefined) return star;
  const assignment = /^([-+*/%]?=)$/;
  if (tokens.peek().kind === "variable" && tokens.peek(1).kind === "symbol" && assignment.test(tokens.peek(1).text)) {
    const variable = tokens.next().text;
    const operator = tokens.next().text;
    return { kind: "assign", variable, operator, expression: parseExpression(tokens) };
  }
  if (tokens.seesIdentifier() && tokens.seesSymbol("=", 1)) throw tokens.refuse("an alias before its expression");
  const expression = parseExpression(tokens);
  return { kind: "expression", expression, alias: parseAlias(tokens) };
}

function parseQualifiedStar(tokens: TokenStream): SelectItem | undefined {
  const start = tokens.position;
  const qualifier: string[] = [];
  while (tokens.seesIdentifier() && tokens.seesSymbol(".", 1)) {
    qualifier.push(tokens.identifier());
    tokens.next();
    if (tokens.acceptsSymbol("*")) return { kind: "star", qualifier };
  }
  tokens.position = start;
  return undefined;
}

/** Parses `[AS] alias`, if it comes next. A string may be an alias too. */
export function parseAlias(tokens: TokenStream): string | undefined {
  const explicit = tokens.accepts("AS");
  if (tokens.seesIdentifier()) return tokens.identifier();
  if (tokens.peek().kind === "string" && explicit) throw tokens.refuse("a text as an alias");
  if (explicit) throw tokens.unexpected();
  return undefined;
}

const joins: readonly (readonly [readonly string[], JoinKind])[] = [
  [["JOIN"], "INNER"],
  [["INNER", "JOIN"], "INNER"],
  [["LEFT", "JOIN"], "LEFT"],
  [["LEFT", "OUTER", "JOIN"], "LEFT"],
  [["RIGHT", "JOIN"], "RIGHT"],
  [["RIGHT", "OUTER", "JOIN"], "RIGHT"],
  [["FULL", "JOIN"], "FULL"],
  [["FULL", "OUTER", "JOIN"], "FULL"],
  [["CROSS", "JOIN"], "CROSS"],
];

/** Parses a table with everything that is joined to it. */
export function parseTableSource(tokens: TokenStream): TableSource {
  let left = parseTable(tokens);
  for (;;) {
    if (tokens.seesAny("PIVOT", "UNPIVOT") || tokens.peek(1).keyword === "APPLY")
      throw tokens.refuse("PIVOT and APPLY");
    const found = joins.find(([words]) => tokens.sees(...words));
    if (found === undefined) return left;
    const [words, join] = found;
    tokens.accepts(...words);
    const right = parseTable(tokens);
    const needsOn = join !== "CROSS";
    if (needsOn) tokens.expect("ON");
    left = { kind: "join", join, left, right, on: needsOn ? parseCondition(tokens) : undefined };
  }
}

function parseTable(tokens: TokenStream): TableSource {
  if (tokens.peek().kind === "variable") throw tokens.refuse("a table variable");
  if (tokens.seesSymbol("(")) return parseParenthesizedTable(tokens);
  if (tokens.peek().kind === "word" && tokens.seesIdentifier() && tokens.seesSymbol("(", 1))
    throw tokens.refuse("a table function");
  const name = tokens.name();
  let hints = parseTableHints(tokens);
  const alias = parseAlias(tokens);
  if (hints.length === 0) hints = parseTableHints(tokens);
  return { kind: "table", name, alias, hints };
}

function parseParenthesizedTable(tokens: TokenStream): TableSource {
  if (tokens.seesQuery()) {
    tokens.expectSymbol("(");
    const query = parseQuery(tokens);
    tokens.expectSymbol(")");
    if (query.orderBy.length > 0 && query.offset === undefined && !hasTop(query.body)) {
      const text =
        "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.";
      throw new SqlServerError(1033, text, { severity: 15, reach: "batch" });
    }
    return { kind: "derived", query, ...parseDerivedAlias(tokens) };
  }
  tokens.expectSymbol("(");
  if (tokens.accepts("VALUES")) {
    const rows = tokens.list(() => tokens.parenthesized(() => parseExpression(tokens)));
    tokens.expectSymbol(")");
    return { kind: "values", rows, ...parseDerivedAlias(tokens) };
  }
  const source = parseTableSource(tokens);
  tokens.expectSymbol(")");
  return source;
}

function hasTop(body: QueryBody): boolean {
  return body.kind === "select" && body.top !== undefined;
}

function parseDerivedAlias(tokens: TokenStream): { readonly alias: string; readonly columns: readonly string[] } {
  const alias = parseAlias(tokens);
  if (alias === undefined) throw tokens.unexpected();
  return { alias, columns: tokens.seesSymbol("(") ? tokens.parenthesized(() => tokens.identifier()) : [] };
}

const knownHints = [
  "NOLOCK",
  "READUNCOMMITTED",
  "READCOMMITTED",
  "READCOMMITTEDLOCK",
  "REPEATABLEREAD",
  "HOLDLOCK",
  "SERIALIZABLE",
  "UPDLOCK",
  "XLOCK",
  "ROWLOCK",
  "PAGLOCK",
  "TABLOCK",
  "TABLOCKX",
  "READPAST",
  "NOWAIT",
];

/** Parses `WITH (hint, ...)`, if it comes next; upper case. */
export function parseTableHints(tokens: TokenStream): readonly string[] {
  if (!(tokens.sees("WITH") && tokens.seesSymbol("(", 1))) return [];
  tokens.next();
  return tokens.parenthesized(() => {
    const hint = tokens.next().keyword;
    if (!knownHints.includes(hint)) throw tokens.refuse(`the table hint ${hint}`);
    return hint;
  });
}
