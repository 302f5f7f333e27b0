import type { Expression, Name, ProcedureParameter, Statement, VariableDeclaration } from "./ast.ts";
import { parseDelete, parseInsert, parseMerge, parseUpdate } from "./parse-change.ts";
import {
  type ProcedureModule,
  parseAlterOrCreate,
  parseDrop,
  parseParameter,
  parseProcedure,
} from "./parse-definition.ts";
import { parseExecute } from "./parse-execute.ts";
import { parseCondition, parseExpression } from "./parse-expression.ts";
import { parseCommonTables, parseQuery, parseQueryBody } from "./parse-query.ts";
import { parseSet } from "./parse-set.ts";
import { type Grammar, TokenStream } from "./token-stream.ts";

const grammar: Grammar = { query: parseQuery, statement: parseStatement };

/** Parses `CREATE PROCEDURE ...`. */
export function parseProcedureText(definition: string): ProcedureModule {
  return parseProcedure(new TokenStream(definition, grammar));
}

/** Parses the name of a procedure as a remote call gives it. */
export function parseProcedureName(text: string): Name {
  const tokens = new TokenStream(text, grammar);
  const name = tokens.name();
  if (!tokens.atEnd) throw tokens.unexpected();
  return name;
}

/** Parses the parameter list of `sp_executesql` and `sp_prepare`: `@a int, @b nvarchar(10) OUTPUT`. */
export function parseParameterList(text: string): readonly ProcedureParameter[] {
  const tokens = new TokenStream(text, grammar);
  return tokens.atEnd ? [] : tokens.list(() => parseParameter(tokens));
}

/** Batches that were parsed; nothing changes a statement afterwards. */
const parsed = new Map<string, readonly Statement[]>();
const mostParsed = 200;

/** Parses a batch. @throws SqlServerError for bad syntax, NotUnderstoodError for what this server lacks. */
export function parseBatch(text: string): readonly Statement[] {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const statements = parseStatements(text);
  if (text.length <= 10_000) {
    if (parsed.size >= mostParsed) parsed.clear();
    parsed.set(text, statements);
  }
  return statements;
}

function parseStatements(text: string): readonly Statement[] {
  const tokens = new TokenStream(text, grammar);
  const statements: Statement[] = [];
  for (;;) {
    while (tokens.acceptsSymbol(";"));
    if (tokens.atEnd) return statements;
    statements.push(parseStatement(tokens, statements.length === 0));
  }
}

/** Parses one statement. `first`: it may be a procedure call without EXEC, or CREATE PROCEDURE, VIEW or TRIGGER. */
export function parseStatement(tokens: TokenStream, first = false): Statement {
  const line = tokens.peek().line;
  const statement = parseKnown(tokens, first);
  tokens.acceptsSymbol(";");
  return { ...statement, line } as Statement;
}

type Unplaced = Statement extends infer Each ? (Each extends Statement ? Omit<Each, "line"> : never) : never;

function parseKnown(tokens: TokenStream, first: boolean): Unplaced {
  const { keyword } = tokens.peek();
  switch (keyword) {
    case "WITH":
    case "SELECT":
    case "INSERT":
    case "UPDATE":
    case "DELETE":
    case "MERGE":
      return parseData(tokens);
    case "CREATE":
    case "ALTER":
      return parseAlterOrCreate(tokens);
    case "DROP":
      tokens.next();
      return parseDrop(tokens);
    case "TRUNCATE":
      tokens.expect("TRUNCATE", "TABLE");
      return { kind: "truncate", table: tokens.name() };
    case "DECLARE":
      tokens.next();
      return { kind: "declare", variables: tokens.list(() => parseDeclaration(tokens)) };
    case "SET":
      tokens.next();
      return parseSet(tokens);
    case "EXEC":
    case "EXECUTE":
      tokens.next();
      return parseExecute(tokens);
    case "IF":
    case "RETURN":
    case "THROW":
    case "RAISERROR":
      return parseControl(tokens);
    case "BEGIN":
    case "COMMIT":
    case "ROLLBACK":
    case "SAVE":
      return parseTransactionOrBlock(tokens);
    case "USE":
      tokens.next();
      return { kind: "use", database: tokens.identifier() };
    case "WAITFOR": {
      tokens.expect("WAITFOR", "DELAY");
      const delay = tokens.next();
      if (delay.kind !== "string") throw tokens.refuse("WAITFOR DELAY with anything but a literal");
      return { kind: "wait", delay: delay.text };
    }
    case "KILL":
      tokens.next();
      return { kind: "kill", session: parseExpression(tokens) };
    case "WHILE":
    case "PRINT":
      throw tokens.refuse(keyword);
    default:
      if (tokens.seesSymbol("(")) return parseData(tokens);
      // The first statement of a batch may leave out EXEC.
      if (first && tokens.seesIdentifier()) return parseExecute(tokens);
      throw tokens.unexpected();
  }
}

function parseData(tokens: TokenStream): Unplaced {
  const common = parseCommonTables(tokens);
  if (tokens.accepts("INSERT", "BULK")) return parseInsertBulk(tokens);
  if (tokens.accepts("INSERT")) return parseInsert(tokens, common);
  if (tokens.accepts("UPDATE")) return parseUpdate(tokens, common);
  if (tokens.accepts("DELETE")) return parseDelete(tokens, common);
  if (tokens.accepts("MERGE")) return parseMerge(tokens, common);
  return { kind: "select", query: parseQueryBody(tokens, common) };
}

/** `insert bulk table (column type, ...) [with (option, ...)]`: the announcement of a bulk load, written by drivers only. */
function parseInsertBulk(tokens: TokenStream): Unplaced {
  const table = tokens.name();
  const columns = tokens.parenthesized(() => ({ name: tokens.identifier(), type: tokens.type() }));
  const options = tokens.accepts("WITH") ? tokens.parenthesized(() => tokens.next().keyword) : [];
  return { kind: "insert-bulk", table, columns, options };
}

function parseDeclaration(tokens: TokenStream): VariableDeclaration {
  const token = tokens.next();
  if (tokens.sees("CURSOR")) throw tokens.refuse("a cursor");
  if (token.kind !== "variable") throw tokens.unexpected();
  tokens.accepts("AS");
  if (tokens.sees("TABLE")) throw tokens.refuse("a table variable");
  const type = tokens.type();
  const value = tokens.acceptsSymbol("=") ? parseExpression(tokens) : undefined;
  return { name: token.text, type, value };
}

function parseControl(tokens: TokenStream): Unplaced {
  const { keyword } = tokens.next();
  switch (keyword) {
    case "IF": {
      const condition = parseCondition(tokens);
      const then = parseStatement(tokens);
      const otherwise = tokens.accepts("ELSE") ? parseStatement(tokens) : undefined;
      return { kind: "if", condition, then, otherwise };
    }
    case "RETURN":
      return { kind: "return", value: startsValue(tokens) ? parseExpression(tokens) : undefined };
    case "THROW":
      return { kind: "throw", arguments: startsValue(tokens) ? tokens.list(() => parseExpression(tokens)) : [] };
    default: {
      const found = tokens.parenthesized((): Expression => parseExpression(tokens));
      if (tokens.sees("WITH")) throw tokens.refuse("RAISERROR ... WITH");
      return { kind: "raiserror", arguments: found };
    }
  }
}

function startsValue(tokens: TokenStream): boolean {
  const { kind } = tokens.peek();
  return ["number", "variable", "string"].includes(kind) || tokens.seesSymbol("-") || tokens.seesSymbol("(");
}

function parseTransactionOrBlock(tokens: TokenStream): Unplaced {
  if (tokens.accepts("BEGIN", "TRY")) return parseTry(tokens);
  if (tokens.accepts("BEGIN", "TRAN") || tokens.accepts("BEGIN", "TRANSACTION")) {
    return { kind: "begin-transaction", name: optionalName(tokens) };
  }
  if (tokens.accepts("BEGIN")) return { kind: "block", body: parseUntilEnd(tokens) };
  if (tokens.accepts("COMMIT")) {
    if (!(tokens.accepts("TRAN") || tokens.accepts("TRANSACTION"))) tokens.accepts("WORK");
    optionalName(tokens);
    return { kind: "commit" };
  }
  if (tokens.accepts("ROLLBACK")) {
    if (!(tokens.accepts("TRAN") || tokens.accepts("TRANSACTION"))) tokens.accepts("WORK");
    return { kind: "rollback", name: optionalName(tokens) };
  }
  tokens.expect("SAVE");
  if (!tokens.accepts("TRAN")) tokens.expect("TRANSACTION");
  return { kind: "save", name: tokens.identifier() };
}

function optionalName(tokens: TokenStream): string {
  return tokens.seesIdentifier() ? tokens.identifier() : "";
}

function parseUntilEnd(tokens: TokenStream): readonly Statement[] {
  const body: Statement[] = [];
  for (;;) {
    while (tokens.acceptsSymbol(";"));
    if (tokens.accepts("END")) return body;
    if (tokens.atEnd) throw tokens.unexpected();
    body.push(parseStatement(tokens));
  }
}

function parseTry(tokens: TokenStream): Unplaced {
  const body = parseUntilEnd(tokens);
  tokens.expect("TRY");
  tokens.acceptsSymbol(";");
  tokens.expect("BEGIN", "CATCH");
  const handler = parseUntilEnd(tokens);
  tokens.expect("CATCH");
  return { kind: "try", body, handler };
}
