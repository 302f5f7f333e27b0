import type { Statement } from "./ast.ts";
import { parseExpression } from "./parse-expression.ts";
import type { TokenStream } from "./token-stream.ts";

/** Parses SET from behind its first word. */
export function parseSet(
  tokens: TokenStream,
): Extract<
  Statement,
  { kind: "set-variable" | "set-option" | "set-identity-insert" | "set-isolation" }
> extends infer Each
  ? Each extends Statement
    ? Omit<Each, "line">
    : never
  : never {
  const variable = tokens.peek();
  if (variable.kind === "variable") {
    tokens.next();
    const operator = tokens.next();
    if (operator.kind !== "symbol" || !/^[-+*/%]?=$/.test(operator.text)) throw tokens.unexpected();
    return { kind: "set-variable", variable: variable.text, operator: operator.text, value: parseExpression(tokens) };
  }
  if (tokens.accepts("TRANSACTION", "ISOLATION", "LEVEL")) {
    const words = [tokens.next().keyword];
    if (tokens.seesAny("COMMITTED", "UNCOMMITTED", "READ") && words[0] !== "SNAPSHOT")
      words.push(tokens.next().keyword);
    return { kind: "set-isolation", level: words.join(" ").toLowerCase() };
  }
  if (tokens.accepts("IDENTITY_INSERT")) {
    const table = tokens.name();
    return { kind: "set-identity-insert", table, on: parseOnOff(tokens) === "on" };
  }
  const options = tokens.list(() => tokens.next().text.toLowerCase());
  return { kind: "set-option", options, value: parseOptionValue(tokens) };
}

function parseOnOff(tokens: TokenStream): "on" | "off" {
  if (tokens.accepts("ON")) return "on";
  if (tokens.accepts("OFF")) return "off";
  throw tokens.unexpected();
}

function parseOptionValue(tokens: TokenStream): string {
  if (tokens.seesAny("ON", "OFF")) return parseOnOff(tokens);
  const sign = tokens.acceptsSymbol("-") ? "-" : "";
  const token = tokens.next();
  if (!["word", "name", "number", "string"].includes(token.kind)) throw tokens.unexpected();
  return sign + token.text.toLowerCase();
}
