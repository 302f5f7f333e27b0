import type { Statement } from "../driver/index.ts";
import { compile, compileText, isSql, type Parameters, type Sql } from "../sql/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { type AnyStatementOptions, checkStatementOptions, noOptions } from "./statement-options.ts";

/** A template, or a text whose parameters follow. */
export type Text = Sql<unknown> | string;

/**
 * Reads the two forms of arguments: `(sql, options)` and `(text, parameters, options)`.
 * @param arrays - whether the call can give rows as arrays
 * @throws ParameterError, ConfigurationError
 */
export function readArguments(
  context: DatabaseContext,
  text: Text,
  first: unknown,
  second: unknown,
  arrays = false,
): { statement: Statement; options: AnyStatementOptions } {
  const isTemplate = typeof text !== "string" && isSql(text);
  const options = ((isTemplate ? first : second) ?? noOptions) as AnyStatementOptions;
  if (options !== noOptions) checkStatementOptions(nameOf(context), options, arrays);
  const parameters = isTemplate ? undefined : (first as Parameters | undefined);
  const statement =
    typeof text === "string" ? compileText(text, parameters, context) : compile(text, parameters, context);
  return { statement, options };
}
