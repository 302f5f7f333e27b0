import { name } from "../sql/names.ts";
import type { TokenStream } from "../sql/token-stream.ts";
import type { Argument, Span, Step, Target } from "./ast.ts";

/** Reads a statement that holds no others, up to its semicolon. */
export function simpleStep(stream: TokenStream): Step {
  if (stream.accept("NULL")) return { kind: "nothing" };
  if (stream.accept("RETURN")) return { kind: "return", value: stream.is(";") ? undefined : spanUntil(stream, ";") };
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
  if (!stream.is(";")) throw stream.refuse();
  return { kind: "immediate", text };
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

/** Reads what a value goes to. */
export function target(stream: TokenStream): Target {
  const token = stream.peek();
  if (token.kind === "bind") {
    stream.next();
    return { kind: "bind", name: token.value };
  }
  return { kind: "variable", name: name(stream) };
}

/** Reads what is assigned, its semicolon included. */
export function assignment(stream: TokenStream, to: Target): Step {
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
