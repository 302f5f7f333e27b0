import type { DroppedKind, Name, ProcedureParameter, Statement } from "./ast.ts";
import { parseCondition, parseExpression, parseOrder } from "./parse-expression.ts";
import { parseTableChange, parseTableDefinition } from "./parse-table.ts";
import { TokenStream } from "./token-stream.ts";

type Definition =
  Extract<Statement, { kind: `create-${string}` | "alter-table" }> extends infer Each
    ? Each extends Statement
      ? Omit<Each, "line">
      : never
    : never;

/** Parses `CREATE ...` or `ALTER ...`. */
export function parseAlterOrCreate(tokens: TokenStream): Definition {
  const start = tokens.peek().start;
  if (tokens.accepts("ALTER", "TABLE")) {
    const table = tokens.name();
    return { kind: "alter-table", table, change: parseTableChange(tokens) };
  }
  const replace = tokens.accepts("ALTER");
  if (!replace) tokens.expect("CREATE");
  const orAlter = !replace && tokens.accepts("OR", "ALTER");
  if (tokens.accepts("PROCEDURE") || tokens.accepts("PROC")) {
    const name = tokens.name();
    // The rest of the batch is the procedure; it is parsed now, so that a mistake shows up here.
    parseProcedure(new TokenStream(tokens.source.slice(start), tokens.grammar));
    while (!tokens.atEnd) tokens.next();
    return { kind: "create-procedure", name, replace: replace || orAlter, definition: tokens.source.slice(start) };
  }
  if (replace || orAlter) throw tokens.refuse("ALTER of this object");
  return parseCreate(tokens);
}

function parseCreate(tokens: TokenStream): Definition {
  if (tokens.accepts("TABLE")) {
    return { kind: "create-table", table: tokens.name(), definition: parseTableDefinition(tokens) };
  }
  if (tokens.accepts("SCHEMA")) {
    const name = tokens.identifier();
    if (tokens.sees("AUTHORIZATION")) throw tokens.refuse("AUTHORIZATION");
    return { kind: "create-schema", name };
  }
  if (tokens.accepts("TRIGGER")) return parseTrigger(tokens);
  const unique = tokens.accepts("UNIQUE");
  if (!tokens.accepts("CLUSTERED")) tokens.accepts("NONCLUSTERED");
  if (!tokens.accepts("INDEX")) throw tokens.refuse("CREATE of this object");
  const name = tokens.identifier();
  tokens.expect("ON");
  const table = tokens.name();
  const columns = tokens.parenthesized(() => parseOrder(tokens));
  const include = tokens.accepts("INCLUDE") ? tokens.parenthesized(() => tokens.identifier()) : [];
  const where = tokens.accepts("WHERE") ? parseCondition(tokens) : undefined;
  if (tokens.sees("WITH")) throw tokens.refuse("the options of an index");
  return { kind: "create-index", unique, name, table, columns, include, where };
}

function parseTrigger(tokens: TokenStream): Definition {
  const name = tokens.name();
  tokens.expect("ON");
  const table = tokens.name();
  if (!tokens.accepts("AFTER")) tokens.expect("FOR");
  const events = tokens.list(() => {
    for (const event of ["INSERT", "UPDATE", "DELETE"] as const) if (tokens.accepts(event)) return event;
    throw tokens.unexpected();
  });
  tokens.expect("AS");
  return { kind: "create-trigger", name, table, events, body: parseModuleBody(tokens) };
}

/** The rest of the batch: statements, maybe in `BEGIN ... END`. */
function parseModuleBody(tokens: TokenStream): readonly Statement[] {
  const statements: Statement[] = [];
  while (!tokens.atEnd) {
    statements.push(tokens.grammar.statement(tokens));
    while (tokens.acceptsSymbol(";"));
  }
  return statements;
}

/** A procedure, ready to run. */
export interface ProcedureModule {
  readonly name: Name;
  readonly parameters: readonly ProcedureParameter[];
  readonly body: readonly Statement[];
}

/** Parses `CREATE PROCEDURE ...` as a whole batch. */
export function parseProcedure(tokens: TokenStream): ProcedureModule {
  if (!tokens.accepts("ALTER")) tokens.expect("CREATE");
  tokens.accepts("OR", "ALTER");
  if (!tokens.accepts("PROCEDURE")) tokens.expect("PROC");
  const name = tokens.name();
  const enclosed = tokens.acceptsSymbol("(");
  const parameters = tokens.peek().kind === "variable" ? tokens.list(() => parseParameter(tokens)) : [];
  if (enclosed) tokens.expectSymbol(")");
  if (tokens.sees("WITH")) throw tokens.refuse("the options of a procedure");
  tokens.expect("AS");
  return { name, parameters, body: parseModuleBody(tokens) };
}

/** Parses `@name type [= default] [OUTPUT]`, as procedures and `sp_executesql` declare parameters. */
export function parseParameter(tokens: TokenStream): ProcedureParameter {
  const token = tokens.next();
  if (token.kind !== "variable") throw tokens.unexpected();
  tokens.accepts("AS");
  const type = tokens.type();
  const fallback = tokens.acceptsSymbol("=") ? parseExpression(tokens) : undefined;
  const output = tokens.accepts("OUTPUT") || tokens.accepts("OUT");
  if (tokens.sees("READONLY")) throw tokens.refuse("a table-valued parameter");
  return { name: token.text, type, fallback, output };
}

const dropped: readonly (readonly [readonly string[], DroppedKind])[] = [
  [["TABLE"], "table"],
  [["PROCEDURE"], "procedure"],
  [["PROC"], "procedure"],
  [["INDEX"], "index"],
  [["SCHEMA"], "schema"],
  [["TRIGGER"], "trigger"],
];

/** Parses DROP from behind its first word. */
export function parseDrop(tokens: TokenStream): Omit<Extract<Statement, { kind: "drop" }>, "line"> {
  const found = dropped.find(([words]) => tokens.sees(...words));
  if (found === undefined) throw tokens.refuse("DROP of this object");
  const [words, object] = found;
  tokens.accepts(...words);
  const ifExists = tokens.accepts("IF", "EXISTS");
  const names = tokens.list(() => tokens.name());
  const on = object === "index" && tokens.accepts("ON") ? tokens.name() : undefined;
  return { kind: "drop", object, names, ifExists, on };
}
