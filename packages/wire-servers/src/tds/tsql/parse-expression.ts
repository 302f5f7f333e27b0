import { NotUnderstoodError, SqlServerError } from "../engine/sql-server-error.ts";
import { plain, type SqlType } from "../types/sql-type.ts";
import { type Call, type Expression, isCondition, type Order, type Window } from "./ast.ts";
import { functions } from "./functions.ts";
import type { TokenStream } from "./token-stream.ts";

/** Parses a value. Conditions are refused here as SQL Server does it. */
export function parseExpression(tokens: TokenStream): Expression {
  const expression = parseOr(tokens);
  if (isCondition(expression)) throw tokens.unexpected();
  return expression;
}

/** Parses a condition. @throws SqlServerError 4145 when it is a value. */
export function parseCondition(tokens: TokenStream): Expression {
  const condition = parseOr(tokens);
  if (isCondition(condition)) return condition;
  const near = tokens.peek().text;
  const text = `An expression of non-boolean type specified in a context where a condition is expected, near '${near}'.`;
  throw new SqlServerError(4145, text, { severity: 15, reach: "batch" });
}

/** Parses `expression [ASC | DESC]`. */
export function parseOrder(tokens: TokenStream): Order {
  const expression = parseExpression(tokens);
  const descending = tokens.accepts("DESC");
  if (!descending) tokens.accepts("ASC");
  return { expression, descending };
}

function parseOr(tokens: TokenStream): Expression {
  let left = parseAnd(tokens);
  while (tokens.accepts("OR"))
    left = { kind: "or", left: condition(left, tokens), right: condition(parseAnd(tokens), tokens) };
  return left;
}

function parseAnd(tokens: TokenStream): Expression {
  let left = parseNot(tokens);
  while (tokens.accepts("AND"))
    left = { kind: "and", left: condition(left, tokens), right: condition(parseNot(tokens), tokens) };
  return left;
}

function condition(expression: Expression, tokens: TokenStream): Expression {
  if (!isCondition(expression)) throw tokens.unexpected();
  return expression;
}

function parseNot(tokens: TokenStream): Expression {
  if (tokens.accepts("NOT")) return { kind: "not", operand: condition(parseNot(tokens), tokens) };
  return parsePredicate(tokens);
}

const comparisons = ["=", "<>", "!=", "<", ">", "<=", ">=", "!<", "!>"];

function parsePredicate(tokens: TokenStream): Expression {
  if (tokens.accepts("EXISTS")) return { kind: "exists", query: parenthesizedQuery(tokens) };
  const left = parseSum(tokens);
  if (isCondition(left)) return left;
  const operator = comparisons.find((it) => tokens.seesSymbol(it));
  if (operator !== undefined) {
    tokens.next();
    if (tokens.seesAny("ALL", "ANY", "SOME")) throw tokens.refuse("ALL, ANY and SOME");
    return { kind: "compare", operator, left, right: parseSum(tokens) };
  }
  if (tokens.accepts("IS")) {
    const negated = tokens.accepts("NOT");
    if (tokens.accepts("DISTINCT", "FROM")) throw tokens.refuse("IS DISTINCT FROM");
    tokens.expect("NULL");
    return { kind: "null-test", operand: left, negated };
  }
  const negated = tokens.seesAny("NOT") && ["IN", "BETWEEN", "LIKE"].includes(tokens.peek(1).keyword);
  if (negated) tokens.next();
  if (tokens.accepts("IN")) return { kind: "in", operand: left, negated, list: parseInList(tokens) };
  if (tokens.accepts("BETWEEN")) {
    const low = parseSum(tokens);
    tokens.expect("AND");
    return { kind: "between", operand: left, negated, low, high: parseSum(tokens) };
  }
  if (tokens.accepts("LIKE")) {
    const pattern = parseSum(tokens);
    const escaping = tokens.accepts("ESCAPE") ? parseSum(tokens) : undefined;
    return { kind: "like", operand: left, negated, pattern, escape: escaping };
  }
  return left;
}

function parseInList(tokens: TokenStream) {
  tokens.expectSymbol("(");
  const list = tokens.seesQuery() ? tokens.grammar.query(tokens) : tokens.list(() => parseExpression(tokens));
  tokens.expectSymbol(")");
  return list;
}

function parenthesizedQuery(tokens: TokenStream) {
  tokens.expectSymbol("(");
  const query = tokens.grammar.query(tokens);
  tokens.expectSymbol(")");
  return query;
}

function parseSum(tokens: TokenStream): Expression {
  return parseLeftAssociative(tokens, ["+", "-", "&", "|", "^"], () =>
    parseLeftAssociative(tokens, ["*", "/", "%"], () => parseUnary(tokens)),
  );
}

function parseLeftAssociative(
  tokens: TokenStream,
  operators: readonly string[],
  operand: () => Expression,
): Expression {
  let left = operand();
  for (;;) {
    const operator = operators.find((it) => tokens.seesSymbol(it));
    if (operator === undefined || isCondition(left)) return left;
    tokens.next();
    left = { kind: "binary", operator, left, right: operand() };
  }
}

function parseUnary(tokens: TokenStream): Expression {
  for (const operator of ["-", "+", "~"] as const) {
    if (tokens.acceptsSymbol(operator)) return { kind: "unary", operator, operand: parseUnary(tokens) };
  }
  let operand = parsePrimary(tokens);
  while (tokens.accepts("COLLATE")) operand = { kind: "collate", operand, collation: tokens.identifier() };
  return operand;
}

function parsePrimary(tokens: TokenStream): Expression {
  const token = tokens.peek();
  switch (token.kind) {
    case "string":
      tokens.next();
      return { kind: "literal", type: textLiteral(token.text, token.national), value: token.text };
    case "number":
      tokens.next();
      return { kind: "literal", type: numberLiteral(token.text), value: token.text };
    case "binary":
      tokens.next();
      return {
        kind: "literal",
        type: { name: "varbinary", length: Math.max(1, Math.ceil(token.text.length / 2)) },
        value: `\\x${token.text.length % 2 === 1 ? "0" : ""}${token.text}`,
      };
    case "variable":
      tokens.next();
      return { kind: "variable", name: token.text };
    case "symbol":
      return parseParenthesis(tokens);
    default:
      return parseWord(tokens);
  }
}

function textLiteral(text: string, national: boolean): SqlType {
  const length = Math.max(1, text.length);
  const longest = national ? 4000 : 8000;
  return { name: national ? "nvarchar" : "varchar", length: length > longest ? -1 : length };
}

function numberLiteral(text: string): SqlType {
  if (/e/i.test(text)) return plain("float");
  if (/^\d+$/.test(text) && BigInt(text) <= 2_147_483_647n) return plain("int");
  const [whole = "", fraction = ""] = text.split(".");
  const precision = Math.max(1, whole.replace(/^0+/, "").length + fraction.length);
  if (precision > 38) throw new NotUnderstoodError(`the number ${text}`);
  return { name: "numeric", precision, scale: fraction.length };
}

function parseParenthesis(tokens: TokenStream): Expression {
  tokens.expectSymbol("(");
  if (tokens.seesQuery()) {
    const query = tokens.grammar.query(tokens);
    tokens.expectSymbol(")");
    return { kind: "subquery", query };
  }
  const inner = parseOr(tokens);
  tokens.expectSymbol(")");
  return inner;
}

function parseWord(tokens: TokenStream): Expression {
  if (tokens.accepts("NULL")) return { kind: "literal", type: plain("int"), value: null };
  if (tokens.accepts("CASE")) return parseCase(tokens);
  if (tokens.seesAny("CAST", "TRY_CAST") && tokens.seesSymbol("(", 1)) return parseCast(tokens);
  if (tokens.seesAny("CONVERT", "TRY_CONVERT") && tokens.seesSymbol("(", 1)) return parseConvert(tokens);
  const functionLike = ["COALESCE", "NULLIF"];
  if (tokens.seesAny(...functionLike) && tokens.seesSymbol("(", 1)) return parseCall(tokens, tokens.next().text);
  if (tokens.seesIdentifier() && tokens.peek().kind === "word" && tokens.seesSymbol("(", 1)) {
    return parseCall(tokens, tokens.next().text);
  }
  return parseColumn(tokens);
}

function parseColumn(tokens: TokenStream): Expression {
  const parts = [tokens.identifier()];
  while (tokens.acceptsSymbol(".")) {
    const functionOfSchema = tokens.seesIdentifier() && tokens.seesSymbol("(", 1);
    if (functionOfSchema) return parseCall(tokens, `${parts.join(".")}.${tokens.identifier()}`);
    parts.push(tokens.identifier());
  }
  return { kind: "column", parts };
}

function parseCase(tokens: TokenStream): Expression {
  const operand = tokens.seesAny("WHEN") ? undefined : parseExpression(tokens);
  const branches: { when: Expression; then: Expression }[] = [];
  while (tokens.accepts("WHEN")) {
    const when = operand === undefined ? parseCondition(tokens) : parseExpression(tokens);
    tokens.expect("THEN");
    branches.push({ when, then: parseExpression(tokens) });
  }
  if (branches.length === 0) throw tokens.unexpected();
  const otherwise = tokens.accepts("ELSE") ? parseExpression(tokens) : undefined;
  tokens.expect("END");
  return { kind: "case", operand, branches, otherwise };
}

function parseCast(tokens: TokenStream): Expression {
  if (tokens.next().keyword === "TRY_CAST") throw tokens.refuse("TRY_CAST");
  tokens.expectSymbol("(");
  const operand = parseExpression(tokens);
  tokens.expect("AS");
  const type = tokens.type(30);
  tokens.expectSymbol(")");
  return { kind: "cast", operand, type };
}

function parseConvert(tokens: TokenStream): Expression {
  if (tokens.next().keyword === "TRY_CONVERT") throw tokens.refuse("TRY_CONVERT");
  tokens.expectSymbol("(");
  const type = tokens.type(30);
  tokens.expectSymbol(",");
  const operand = parseExpression(tokens);
  if (tokens.seesSymbol(",")) throw tokens.refuse("a style of CONVERT");
  tokens.expectSymbol(")");
  return { kind: "cast", operand, type };
}

/** Parses a call from its opening parenthesis on. */
export function parseCall(tokens: TokenStream, written: string): Call {
  const name = written.toLowerCase();
  if (!Object.hasOwn(functions, name)) throw tokens.refuse(`the function ${name}`);
  tokens.expectSymbol("(");
  let star = false;
  let distinct = false;
  const found: Expression[] = [];
  if (tokens.acceptsSymbol("*")) star = true;
  else if (!tokens.seesSymbol(")")) {
    distinct = tokens.accepts("DISTINCT");
    if (!distinct) tokens.accepts("ALL");
    found.push(...tokens.list(() => parseExpression(tokens)));
  }
  tokens.expectSymbol(")");
  if (tokens.sees("WITHIN")) throw tokens.refuse("WITHIN GROUP");
  const over = tokens.accepts("OVER") ? parseWindow(tokens) : undefined;
  return { kind: "call", name, arguments: found, star, distinct, over };
}

function parseWindow(tokens: TokenStream): Window {
  tokens.expectSymbol("(");
  const partitionBy = tokens.accepts("PARTITION", "BY") ? tokens.list(() => parseExpression(tokens)) : [];
  const orderBy = tokens.accepts("ORDER", "BY") ? tokens.list(() => parseOrder(tokens)) : [];
  if (tokens.seesAny("ROWS", "RANGE")) throw tokens.refuse("the frame of a window");
  tokens.expectSymbol(")");
  return { partitionBy, orderBy };
}
