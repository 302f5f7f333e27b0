import type { Call, CallParameter } from "../driver/index.ts";
import { kindUnawaited } from "../internal/kind-in-words.ts";
import { isNamed } from "./bind-names.ts";
import type { Identifier } from "./fragment.ts";
import { parseTableName } from "./identifier.ts";
import { isParameter } from "./parameter.ts";
import { type ParameterPlace, parameterError, type StatementTarget } from "./parameter-error.ts";
import { toParameterValue } from "./parameter-value.ts";
import { tooManyParameters } from "./placeholder.ts";

// An adapter writes these names into its text, so nothing but a name gets through.
const parameterName = /^[\p{L}_][\p{L}\p{M}\p{N}_$#]*$/u;

/**
 * Prepares a procedure call. Parameters keep the order in which they were written; a leading `@` of a name is optional.
 * @throws ParameterError when a name is no name, or a value cannot be sent
 */
export function compileCall(
  procedure: string | Identifier,
  parameters: Readonly<Record<string, unknown>> | undefined,
  target: StatementTarget,
): Call {
  const parts = parseTableName(procedure, target);
  const place: ParameterPlace = { ...target, statement: parts.join(".") };
  if (parameters === undefined) return { procedure: parts, parameters: [] };
  if (!isNamed(parameters)) {
    throw parameterError(
      `a procedure's parameters are an object with their names, not ${kindUnawaited(parameters)}`,
      place,
    );
  }
  const entries = Object.entries(parameters);
  if (entries.length > target.dialect.maxParameters) throw tooManyParameters(entries.length, place);
  return { procedure: parts, parameters: entries.map(([name, value]) => callParameter(name, value, place)) };
}

function callParameter(written: string, value: unknown, place: ParameterPlace): CallParameter {
  const name = written.startsWith("@") ? written.slice(1) : written;
  if (!parameterName.test(name)) {
    throw parameterError(`${JSON.stringify(written)} is no name of a parameter`, place, [written]);
  }
  if (!isParameter(value)) return { name, value: toParameterValue(value, name, place) };
  const { direction, type } = value;
  const given = direction === "out" ? null : toParameterValue(value.value, name, place);
  return { name, direction, type, value: given };
}
