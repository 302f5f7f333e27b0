import type { ExecuteArgument, Expression, Statement } from "./ast.ts";
import { parseExpression } from "./parse-expression.ts";
import type { TokenStream } from "./token-stream.ts";

type Execute =
  | Omit<Extract<Statement, { kind: "execute" }>, "line">
  | Omit<Extract<Statement, { kind: "execute-text" }>, "line">;

/** Parses EXEC from behind its first word, or a procedure call that leaves it out. */
export function parseExecute(tokens: TokenStream): Execute {
  if (tokens.seesSymbol("(")) {
    tokens.next();
    const text = parseExpression(tokens);
    tokens.expectSymbol(")");
    return { kind: "execute-text", text };
  }
  let result: string | undefined;
  if (tokens.peek().kind === "variable") {
    result = tokens.next().text;
    tokens.expectSymbol("=");
  }
  const procedure = tokens.name();
  const found = startsArgument(tokens) ? tokens.list(() => parseArgument(tokens)) : [];
  return { kind: "execute", procedure, result, arguments: found };
}

function startsArgument(tokens: TokenStream): boolean {
  const { kind } = tokens.peek();
  if (["variable", "string", "number", "binary"].includes(kind)) return true;
  if (tokens.seesAny("NULL", "DEFAULT") || tokens.seesSymbol("-")) return true;
  // A bare word is a string to EXEC; without EXEC it is more probably a mistake.
  return tokens.peek().kind === "name";
}

function parseArgument(tokens: TokenStream): ExecuteArgument {
  let name: string | undefined;
  if (tokens.peek().kind === "variable" && tokens.seesSymbol("=", 1)) {
    name = tokens.next().text;
    tokens.next();
  }
  const value = tokens.accepts("DEFAULT") ? "default" : parseSimpleValue(tokens);
  const output = tokens.accepts("OUTPUT") || tokens.accepts("OUT");
  return { name, value, output };
}

/** Arguments of EXEC are literals, variables and names, not expressions. */
function parseSimpleValue(tokens: TokenStream): Expression {
  const token = tokens.peek();
  if (token.kind === "name" || (token.kind === "word" && tokens.seesIdentifier())) {
    tokens.next();
    return { kind: "literal", type: { name: "nvarchar", length: Math.max(1, token.text.length) }, value: token.text };
  }
  if (tokens.acceptsSymbol("-")) return { kind: "unary", operator: "-", operand: parseSimpleValue(tokens) };
  if (!["variable", "string", "number", "binary"].includes(token.kind) && token.keyword !== "NULL")
    throw tokens.unexpected();
  return parseExpression(tokens);
}
