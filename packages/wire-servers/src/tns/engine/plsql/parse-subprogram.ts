import { tokenize } from "../sql/lexer.ts";
import { name } from "../sql/names.ts";
import { TokenStream } from "../sql/token-stream.ts";
import type { Parameter, Subprogram } from "./ast.ts";
import { parseBodyOf, variableType } from "./parse-block.ts";
import { spanUntil } from "./parse-step.ts";

/** A subprogram with the tokens that its spans speak of. */
export interface ParsedSubprogram extends Subprogram {
  readonly source: TokenStream;
}

/** Reads a procedure or function, from behind its name on. */
export function parseSubprogram(text: string): ParsedSubprogram {
  const stream = new TokenStream(text, tokenize(text));
  const parameters = stream.accept("(") ? parameterList(stream) : [];
  const returns = stream.accept("RETURN") ? variableType(stream) : undefined;
  while (stream.word("DETERMINISTIC", "PARALLEL_ENABLE") !== undefined);
  if (stream.accept("AUTHID")) stream.next();
  if (stream.word("IS", "AS") === undefined) throw stream.error(6550, "PLS-00103: IS was expected");
  return { parameters, returns, block: parseBodyOf(stream), source: stream };
}

function parameterList(stream: TokenStream): Parameter[] {
  const found: Parameter[] = [];
  do {
    const parameter = name(stream);
    const input = stream.accept("IN");
    const output = stream.accept("OUT");
    stream.accept("NOCOPY");
    const type = variableType(stream);
    const value = stream.accept(":=") || stream.accept("DEFAULT") ? spanUntil(stream, ",", ")") : undefined;
    found.push({ name: parameter, mode: output ? (input ? "inout" : "out") : "in", type, value });
  } while (stream.accept(","));
  stream.expect(")");
  return found;
}
