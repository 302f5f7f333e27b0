import { type DataType, dataType } from "../sql/data-types.ts";
import { isName, name } from "../sql/names.ts";
import type { TokenStream } from "../sql/token-stream.ts";
import type { Argument, Block, Branch, Declaration, Handler, Span, Step, Target } from "./ast.ts";

/** Reads a block from DECLARE or BEGIN on, up to its END and what may stand behind it. */
export function parseBlock(stream: TokenStream): Block {
  const header = stream.accept("DECLARE") ? declarations(stream) : { declarations: [], exceptions: new Map() };
  return { ...header, ...blockBody(stream) };
}

/** Reads what stands between IS and BEGIN of a subprogram, and its body. */
export function parseBodyOf(stream: TokenStream): Block {
  return { ...declarations(stream), ...blockBody(stream) };
}

function blockBody(stream: TokenStream): Pick<Block, "body" | "handlers"> {
  stream.expect("BEGIN", 6550, "PLS-00103: BEGIN was expected");
  const body = steps(stream, "EXCEPTION", "END");
  const handlers: Handler[] = [];
  if (stream.accept("EXCEPTION")) while (stream.accept("WHEN")) handlers.push(handler(stream));
  stream.expect("END", 6550, "PLS-00103: END was expected");
  if (isName(stream)) stream.next();
  if (!stream.accept(";") && stream.peek().kind !== "end")
    throw stream.error(6550, "PLS-00103: a semicolon was expected");
  return { body, handlers };
}

function declarations(stream: TokenStream): Pick<Block, "declarations" | "exceptions"> {
  const found: Declaration[] = [];
  const exceptions = new Map<string, number | undefined>();
  while (!stream.is("BEGIN")) {
    if (stream.accept("PRAGMA")) {
      pragma(stream, exceptions);
      continue;
    }
    const variable = name(stream, 6550, "PLS-00103: a declaration was expected");
    if (stream.accept("EXCEPTION")) {
      exceptions.set(variable, undefined);
    } else {
      stream.accept("CONSTANT");
      const type = variableType(stream);
      stream.accept("NOT", "NULL");
      const value = stream.accept(":=") || stream.accept("DEFAULT") ? spanUntil(stream, ";") : undefined;
      found.push({ name: variable, type, value });
    }
    stream.expect(";", 6550, "PLS-00103: a semicolon was expected");
  }
  return { declarations: found, exceptions };
}

function pragma(stream: TokenStream, exceptions: Map<string, number | undefined>): void {
  if (stream.accept("AUTONOMOUS_TRANSACTION")) throw stream.refuse("PRAGMA AUTONOMOUS_TRANSACTION");
  stream.expect("EXCEPTION_INIT", 6550, "PLS-00127: Pragma is not a supported pragma");
  stream.expect("(");
  const exception = name(stream);
  stream.expect(",");
  stream.expect("-");
  exceptions.set(exception, Number(stream.next().value));
  stream.expect(")");
  stream.expect(";");
}

/** A type of a variable: one of SQL's, BOOLEAN, or that of a column, which is taken for text. */
export function variableType(stream: TokenStream): DataType {
  if (stream.accept("BOOLEAN")) return { postgres: "boolean" };
  if (stream.accept("STRING")) return { postgres: "varchar" };
  const start = stream.at;
  while (isName(stream) && (stream.peek(1).value === "." || stream.peek(1).value === "%")) stream.at += 2;
  if (stream.at > start) {
    if (!stream.accept("TYPE")) throw stream.refuse("%ROWTYPE");
    return { postgres: "" };
  }
  const type = dataType(stream);
  return type;
}

function handler(stream: TokenStream): Handler {
  const exceptions: string[] = [];
  do exceptions.push(stream.next().value);
  while (stream.accept("OR"));
  stream.expect("THEN");
  return { exceptions, body: steps(stream, "WHEN", "END") };
}

/** Statements until one of these words. */
function steps(stream: TokenStream, ...ends: readonly string[]): Step[] {
  const found: Step[] = [];
  while (!stream.isOneOf(...ends)) {
    if (stream.peek().kind === "end") throw stream.error(6550, 'PLS-00103: Encountered the symbol "end-of-file"');
    found.push(step(stream));
  }
  return found;
}

function step(stream: TokenStream): Step {
  const token = stream.peek();
  if (token.kind === "bind") return assignment(stream, target(stream));
  if (stream.isOneOf("BEGIN", "DECLARE")) return { kind: "block", block: parseBlock(stream) };
  const compound = compoundStep(stream);
  if (compound !== undefined) return compound;
  const found = simpleStep(stream);
  stream.expect(";", 6550, "PLS-00103: a semicolon was expected");
  return found;
}

function compoundStep(stream: TokenStream): Step | undefined {
  if (stream.accept("IF")) return ifStep(stream);
  if (stream.accept("LOOP")) return { kind: "while", condition: undefined, body: loopBody(stream) };
  if (stream.accept("WHILE")) {
    const condition = spanUntil(stream, "LOOP");
    stream.expect("LOOP");
    return { kind: "while", condition, body: loopBody(stream) };
  }
  if (stream.accept("FOR")) return forStep(stream);
  return undefined;
}

function ifStep(stream: TokenStream): Step {
  const branches: Branch[] = [];
  do {
    const condition = spanUntil(stream, "THEN");
    stream.expect("THEN");
    branches.push({ condition, body: steps(stream, "ELSIF", "ELSE", "END") });
  } while (stream.accept("ELSIF"));
  const otherwise = stream.accept("ELSE") ? steps(stream, "END") : [];
  endOf(stream, "IF");
  return { kind: "if", branches, otherwise };
}

function forStep(stream: TokenStream): Step {
  const variable = name(stream);
  stream.expect("IN", 6550, "PLS-00103: IN was expected");
  const reverse = stream.accept("REVERSE");
  if (stream.is("(")) {
    stream.next();
    const query = spanUntil(stream, ")");
    stream.expect(")");
    stream.expect("LOOP");
    return { kind: "rows", variable, query, body: loopBody(stream) };
  }
  const first = spanUntil(stream, "..");
  stream.expect("..");
  const last = spanUntil(stream, "LOOP");
  stream.expect("LOOP");
  return { kind: "range", variable, first, last, reverse, body: loopBody(stream) };
}

function loopBody(stream: TokenStream): Step[] {
  const body = steps(stream, "END");
  endOf(stream, "LOOP");
  return body;
}

function endOf(stream: TokenStream, what: string): void {
  stream.expect("END");
  stream.expect(what);
  stream.expect(";");
}

function simpleStep(stream: TokenStream): Step {
  if (stream.accept("NULL")) return { kind: "nothing" };
  if (stream.accept("EXIT"))
    return { kind: "exit", condition: stream.accept("WHEN") ? spanUntil(stream, ";") : undefined };
  if (stream.accept("RETURN")) return { kind: "return", value: stream.is(";") ? undefined : spanUntil(stream, ";") };
  if (stream.accept("RAISE")) return { kind: "raise", exception: stream.is(";") ? undefined : stream.next().value };
  if (stream.accept("CLOSE")) {
    stream.next();
    return { kind: "close" };
  }
  if (stream.accept("OPEN")) return openStep(stream);
  if (stream.accept("EXECUTE", "IMMEDIATE")) return immediateStep(stream);
  if (stream.isOneOf("SELECT", "WITH")) return selectInto(stream);
  const isSql = ["INSERT", "UPDATE", "DELETE", "MERGE", "COMMIT", "ROLLBACK", "SAVEPOINT", "SET", "LOCK"].includes(
    stream.peek().value,
  );
  if (isSql && stream.peek().kind === "word") return { kind: "sql", text: spanUntil(stream, ";") };
  return callOrAssignment(stream);
}

function openStep(stream: TokenStream): Step {
  const cursor = target(stream);
  stream.expect("FOR", 6550, "PLS-00103: FOR was expected");
  const dynamic = !stream.isOneOf("SELECT", "WITH");
  return { kind: "open", target: cursor, query: spanUntil(stream, ";"), dynamic };
}

function immediateStep(stream: TokenStream): Step {
  const text = spanUntil(stream, ";", "INTO", "USING");
  const into = stream.accept("INTO") ? targets(stream) : [];
  const using: Span[] = [];
  if (stream.accept("USING")) {
    do {
      stream.accept("IN");
      if (stream.is("OUT")) throw stream.refuse("USING OUT");
      using.push(spanUntil(stream, ";", ","));
    } while (stream.accept(","));
  }
  return { kind: "immediate", text, into, using };
}

function selectInto(stream: TokenStream): Step {
  const head = spanUntil(stream, "INTO");
  stream.expect("INTO");
  const into = targets(stream);
  return { kind: "selectInto", head, targets: into, tail: spanUntil(stream, ";") };
}

function targets(stream: TokenStream): Target[] {
  const found = [target(stream)];
  while (stream.accept(",")) found.push(target(stream));
  return found;
}

function target(stream: TokenStream): Target {
  const token = stream.peek();
  if (token.kind === "bind") {
    stream.next();
    return { kind: "bind", name: token.value };
  }
  return { kind: "variable", name: name(stream) };
}

function assignment(stream: TokenStream, to: Target): Step {
  stream.expect(":=", 6550, "PLS-00103: := was expected");
  const value = spanUntil(stream, ";");
  stream.expect(";");
  return { kind: "assign", target: to, value };
}

function callOrAssignment(stream: TokenStream): Step {
  const at = stream.at;
  const path = [stream.next().value];
  while (stream.accept(".")) path.push(stream.next().value);
  if (stream.accept(":=")) {
    return { kind: "assign", target: { kind: "variable", name: path.join(".") }, value: spanUntil(stream, ";") };
  }
  return { kind: "call", name: path, args: stream.is("(") ? callArguments(stream) : [], at };
}

/** The arguments of a call, in parentheses. */
export function callArguments(stream: TokenStream): Argument[] {
  stream.expect("(");
  const found: Argument[] = [];
  if (stream.accept(")")) return found;
  do {
    const named = stream.peek(1).value === "=>" ? stream.next().value : undefined;
    if (named !== undefined) stream.next();
    const value = spanUntil(stream, ",", ")");
    const [only] = stream.slice(value.from, value.to);
    const single = value.to - value.from === 1 ? only : undefined;
    const isTarget = single?.kind === "bind" || single?.kind === "word" || single?.kind === "quoted";
    found.push({
      name: named,
      value,
      target:
        single !== undefined && isTarget
          ? { kind: single.kind === "bind" ? "bind" : "variable", name: single.value }
          : undefined,
    });
  } while (stream.accept(","));
  stream.expect(")");
  return found;
}

/** The tokens up to one of these words or symbols outside parentheses and CASE expressions. */
export function spanUntil(stream: TokenStream, ...ends: readonly string[]): Span {
  const from = stream.at;
  let depth = 0;
  for (;;) {
    const token = stream.peek();
    if (token.kind === "end") break;
    const plain = token.kind === "word" || token.kind === "symbol";
    if (plain && depth === 0 && ends.includes(token.value)) break;
    if (plain && (token.value === "(" || token.value === "CASE")) depth++;
    if (plain && (token.value === ")" || (token.value === "END" && depth > 0))) depth--;
    stream.next();
  }
  if (stream.at === from) throw stream.error(6550, "PLS-00103: an expression was expected");
  return { from, to: stream.at };
}
