import { type DataType, dataType } from "../sql/data-types.ts";
import { isName, name } from "../sql/names.ts";
import type { TokenStream } from "../sql/token-stream.ts";
import type { Block, Branch, Declaration, Handler, Step } from "./ast.ts";
import { assignment, simpleStep, spanUntil, target } from "./parse-step.ts";

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
  if (stream.isOneOf("LOOP", "WHILE", "FOR")) throw stream.refuse();
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

function endOf(stream: TokenStream, what: string): void {
  stream.expect("END");
  stream.expect(what);
  stream.expect(";");
}
