import { type DataType, dataType } from "../sql/data-types.ts";
import { isName, name } from "../sql/names.ts";
import type { TokenStream } from "../sql/token-stream.ts";
import type { Block, Declaration, Step } from "./ast.ts";
import { assignment, simpleStep, spanUntil, target } from "./parse-step.ts";

/** Reads a block from DECLARE or BEGIN on, up to its END and what may stand behind it. */
export function parseBlock(stream: TokenStream): Block {
  const found = stream.accept("DECLARE") ? declarations(stream) : [];
  return { declarations: found, body: blockBody(stream) };
}

/** Reads what stands between IS and BEGIN of a subprogram, and its body. */
export function parseBodyOf(stream: TokenStream): Block {
  return { declarations: declarations(stream), body: blockBody(stream) };
}

function blockBody(stream: TokenStream): Step[] {
  stream.expect("BEGIN", 6550, "PLS-00103: BEGIN was expected");
  const body = steps(stream, "EXCEPTION", "END");
  if (stream.is("EXCEPTION")) throw stream.refuse();
  stream.expect("END", 6550, "PLS-00103: END was expected");
  if (isName(stream)) stream.next();
  if (!stream.accept(";") && stream.peek().kind !== "end")
    throw stream.error(6550, "PLS-00103: a semicolon was expected");
  return body;
}

function declarations(stream: TokenStream): Declaration[] {
  const found: Declaration[] = [];
  while (!stream.is("BEGIN")) {
    if (stream.is("PRAGMA")) throw stream.refuse();
    const variable = name(stream, 6550, "PLS-00103: a declaration was expected");
    if (stream.is("EXCEPTION")) throw stream.refuse();
    const type = variableType(stream);
    const value = stream.accept(":=") || stream.accept("DEFAULT") ? spanUntil(stream, ";") : undefined;
    found.push({ name: variable, type, value });
    stream.expect(";", 6550, "PLS-00103: a semicolon was expected");
  }
  return found;
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
  if (stream.isOneOf("IF", "LOOP", "WHILE", "FOR", "RAISE", "EXIT")) throw stream.refuse();
  const found = simpleStep(stream);
  stream.expect(";", 6550, "PLS-00103: a semicolon was expected");
  return found;
}
