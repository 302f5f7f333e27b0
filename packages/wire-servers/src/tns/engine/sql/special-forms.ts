import { dataType } from "./data-types.ts";
import type { ArgumentTranslator } from "./functions.ts";
import type { TokenStream } from "./token-stream.ts";

/** `CASE WHEN ... THEN ... ELSE ... END`, with or without a value to compare. */
export function caseForm(stream: TokenStream, expressions: ArgumentTranslator): string {
  stream.next();
  let text = "CASE";
  if (!stream.is("WHEN")) text += ` ${expressions.expression()}`;
  if (!stream.is("WHEN")) throw stream.error(905, "missing keyword");
  while (stream.accept("WHEN")) {
    text += ` WHEN ${expressions.expression()}`;
    stream.expect("THEN");
    text += ` THEN ${expressions.expression()}`;
  }
  if (stream.accept("ELSE")) text += ` ELSE ${expressions.expression()}`;
  stream.expect("END");
  return `${text} END`;
}

/** `CAST(value AS type)` */
export function castForm(stream: TokenStream, expressions: ArgumentTranslator): string {
  stream.next();
  stream.expect("(");
  const value = expressions.expression();
  stream.expect("AS");
  const { postgres, maxBytes } = dataType(stream);
  stream.expect(")");
  return `CAST(${value} AS ${postgres}${postgres === "varchar" && maxBytes !== undefined ? `(${maxBytes})` : ""})`;
}

/** `TRIM(BOTH 'x' FROM value)`, which gives NULL where nothing is left. */
export function trimForm(stream: TokenStream, expressions: ArgumentTranslator): string {
  stream.next();
  stream.expect("(");
  const side = stream.word("LEADING", "TRAILING", "BOTH") ?? "BOTH";
  let characters = "' '";
  let value = stream.is("FROM") ? "" : expressions.expression();
  if (stream.accept("FROM")) {
    if (value !== "") characters = value;
    value = expressions.expression();
  }
  stream.expect(")");
  return `nullif(trim(${side} ${characters} FROM (${value})::text), '')`;
}
