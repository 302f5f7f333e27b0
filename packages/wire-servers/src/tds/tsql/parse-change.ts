import { SqlServerError } from "../engine/sql-server-error.ts";
import type {
  Assignment,
  CommonTable,
  Delete,
  Expression,
  Insert,
  Merge,
  MergeBranch,
  Name,
  Output,
  Update,
} from "./ast.ts";
import { parseCondition, parseExpression } from "./parse-expression.ts";
import {
  parseAlias,
  parseOptions,
  parseQueryBody,
  parseSelectItem,
  parseTableHints,
  parseTableSource,
  parseTop,
} from "./parse-query.ts";
import type { TokenStream } from "./token-stream.ts";

function parseTarget(tokens: TokenStream): Name {
  if (tokens.peek().kind === "variable") throw tokens.refuse("a table variable");
  return tokens.name();
}

function parseColumnNames(tokens: TokenStream): readonly string[] {
  return tokens.seesSymbol("(") ? tokens.parenthesized(() => tokens.identifier()) : [];
}

/** Parses `OUTPUT items [INTO target [(columns)]]`, if it comes next. */
function parseOutput(tokens: TokenStream): Output | undefined {
  if (!tokens.accepts("OUTPUT")) return undefined;
  const items = tokens.list(() => parseSelectItem(tokens));
  if (!tokens.accepts("INTO")) return { items, into: undefined };
  const into = { target: parseTarget(tokens), columns: parseColumnNames(tokens) };
  if (tokens.sees("OUTPUT")) throw tokens.refuse("OUTPUT beside OUTPUT INTO");
  return { items, into };
}

function parseValue(tokens: TokenStream): Expression | "default" {
  return tokens.accepts("DEFAULT") ? "default" : parseExpression(tokens);
}

/** Parses INSERT from behind its first word. */
export function parseInsert(tokens: TokenStream, common: readonly CommonTable[]): Insert {
  if (tokens.sees("TOP")) throw tokens.refuse("INSERT TOP");
  tokens.accepts("INTO");
  const target = parseTarget(tokens);
  const hints = parseTableHints(tokens);
  const columns = tokens.seesSymbol("(") && !tokens.seesQuery() ? parseColumnNames(tokens) : [];
  const output = parseOutput(tokens);
  return { kind: "insert", common, target, hints, columns, output, source: parseInsertSource(tokens) };
}

function parseInsertSource(tokens: TokenStream): Insert["source"] {
  if (tokens.accepts("DEFAULT", "VALUES")) return { kind: "defaults" };
  if (tokens.accepts("VALUES")) {
    const rows = tokens.list(() => tokens.parenthesized(() => parseValue(tokens)));
    return { kind: "values", rows };
  }
  if (tokens.seesAny("EXEC", "EXECUTE")) throw tokens.refuse("INSERT ... EXECUTE");
  if (!tokens.seesQuery()) throw tokens.unexpected();
  return { kind: "query", query: parseQueryBody(tokens, []) };
}

function parseAssignments(tokens: TokenStream): readonly Assignment[] {
  tokens.expect("SET");
  return tokens.list(() => {
    const target = tokens.peek().kind === "variable" ? tokens.next().text : (tokens.name().at(-1) ?? "");
    const operator = tokens.next();
    if (operator.kind !== "symbol" || !/^[-+*/%]?=$/.test(operator.text)) throw tokens.unexpected();
    return { target, operator: operator.text, value: parseValue(tokens) };
  });
}

/** Parses UPDATE from behind its first word. */
export function parseUpdate(tokens: TokenStream, common: readonly CommonTable[]): Update {
  const top = parseTop(tokens);
  const target = parseTarget(tokens);
  const hints = parseTableHints(tokens);
  const set = parseAssignments(tokens);
  return { kind: "update", common, top, target, hints, set, ...parseWhichRows(tokens) };
}

/** Parses DELETE from behind its first word. */
export function parseDelete(tokens: TokenStream, common: readonly CommonTable[]): Delete {
  const top = parseTop(tokens);
  tokens.accepts("FROM");
  const target = parseTarget(tokens);
  const hints = parseTableHints(tokens);
  return { kind: "delete", common, top, target, hints, ...parseWhichRows(tokens) };
}

/** What stands behind the change itself. */
function parseWhichRows(tokens: TokenStream): Pick<Delete, "output" | "from" | "where"> {
  const output = parseOutput(tokens);
  const from = tokens.accepts("FROM") ? tokens.list(() => parseTableSource(tokens)) : [];
  const where = parseWhere(tokens);
  parseOptions(tokens);
  return { output, from, where };
}

function parseWhere(tokens: TokenStream): Expression | undefined {
  if (tokens.sees("WHERE", "CURRENT", "OF")) throw tokens.refuse("WHERE CURRENT OF");
  return tokens.accepts("WHERE") ? parseCondition(tokens) : undefined;
}

/** Parses MERGE from behind its first word. The statement must end with a semicolon, as the documentation says. */
export function parseMerge(tokens: TokenStream, common: readonly CommonTable[]): Merge {
  if (tokens.sees("TOP")) throw tokens.refuse("MERGE TOP");
  tokens.accepts("INTO");
  const target = parseTarget(tokens);
  const hints = parseTableHints(tokens);
  // USING is no reserved word, but no alias either.
  const alias = tokens.sees("USING") ? undefined : parseAlias(tokens);
  tokens.expect("USING");
  const source = parseTableSource(tokens);
  tokens.expect("ON");
  const on = parseCondition(tokens);
  const branches: MergeBranch[] = [];
  while (tokens.accepts("WHEN")) branches.push(parseBranch(tokens));
  if (branches.length === 0) throw tokens.unexpected();
  const output = parseOutput(tokens);
  parseOptions(tokens);
  if (!tokens.seesSymbol(";")) {
    const text = "A MERGE statement must be terminated by a semi-colon (;).";
    throw new SqlServerError(10713, text, { severity: 15, reach: "batch" });
  }
  return { kind: "merge", common, target, alias, hints, source, on, branches, output };
}

function parseBranch(tokens: TokenStream): MergeBranch {
  const when = parseBranchKind(tokens);
  const condition = tokens.accepts("AND") ? parseCondition(tokens) : undefined;
  tokens.expect("THEN");
  if (tokens.accepts("DELETE")) return { when, condition, action: { kind: "delete" } };
  if (tokens.accepts("UPDATE")) return { when, condition, action: { kind: "update", set: parseAssignments(tokens) } };
  tokens.expect("INSERT");
  const columns = parseColumnNames(tokens);
  tokens.expect("VALUES");
  return {
    when,
    condition,
    action: { kind: "insert", columns, values: tokens.parenthesized(() => parseValue(tokens)) },
  };
}

function parseBranchKind(tokens: TokenStream): MergeBranch["when"] {
  if (tokens.accepts("MATCHED")) return "matched";
  tokens.expect("NOT", "MATCHED");
  if (!tokens.accepts("BY")) return "not-matched-by-target";
  if (tokens.accepts("SOURCE")) return "not-matched-by-source";
  tokens.expect("TARGET");
  return "not-matched-by-target";
}
