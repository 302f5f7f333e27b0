import { checkOptions, type OptionRules, type Statement } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import { compile, isSql, type Parameters, type Sql } from "../sql/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { StatementOptions, StreamOptions } from "./executor.ts";

/** A template, or a text whose parameters follow. */
export type Text = Sql<unknown> | string;

/** What a statement has whose caller says nothing; the same object each time, so that the common case costs no check. */
export const noOptions: StatementOptions<never> = Object.freeze({});

const rules: OptionRules<StreamOptions> = {
  signal: { type: "object" },
  timeoutMs: { type: "milliseconds" },
  name: { type: "string" },
  schema: { type: ["object", "function"] },
  fetchSize: { type: "count" },
};

/** @throws ConfigurationError for an unknown option or a wrong value */
export function checkStatementOptions(context: DatabaseContext, options: StreamOptions): void {
  if (options === noOptions) return;
  checkOptions<StreamOptions>(nameOf(context), options, rules);
  if (options.fetchSize === 0) {
    const message = `${nameOf(context)}: option "fetchSize" must be an integer of at least 1, not 0`;
    throw new ConfigurationError(message, { key: "fetchSize" });
  }
}

/**
 * Reads the two forms of arguments: `(sql, options)` and `(text, parameters, options)`.
 * @throws ParameterError, ConfigurationError
 */
export function readArguments<T>(
  context: DatabaseContext,
  text: Text,
  rest: readonly unknown[],
): { statement: Statement; options: StatementOptions<T> } {
  const isTemplate = isSql(text);
  const options = ((isTemplate ? rest[0] : rest[1]) ?? noOptions) as StatementOptions<T>;
  checkStatementOptions(context, options);
  const parameters = isTemplate ? undefined : (rest[0] as Parameters | undefined);
  return { statement: compile(text, parameters, context), options };
}
