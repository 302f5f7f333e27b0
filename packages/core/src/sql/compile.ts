import type { ParameterValue, Statement } from "../driver/index.ts";
import { kindUnawaited } from "../internal/kind-in-words.ts";
import { bindNames, isNamed, notNamed, refuseMismatch } from "./bind-names.ts";
import { BoundValues } from "./bound-values.ts";
import { contentOf, isSql, type Sql } from "./fragment.ts";
import { parameterError, type StatementTarget } from "./parameter-error.ts";
import { isScalar } from "./parameter-value.ts";
import { StatementWriter } from "./statement-writer.ts";
import { compileTemplate } from "./template-plan.ts";
import { planText } from "./text-plan.ts";

/** Values for `:name` placeholders as an object (typed interfaces fit too), or for the engine's own placeholders as an array. */
export type Parameters = readonly unknown[] | object;

const noValues: readonly ParameterValue[] = Object.freeze([]);

/**
 * Turns what a caller wrote into what a driver runs.
 *
 * Text with an array, also an empty one, is passed through untouched. Text with an object, or with no parameters at all, has its
 * `:name` placeholders replaced; text without a colon is not even read.
 *
 * @throws ParameterError when statement and parameters do not fit; nothing has been sent then.
 */
export function compile(
  statement: Sql | string,
  parameters: Parameters | undefined,
  target: StatementTarget,
): Statement {
  if (typeof statement === "string") return compileText(statement, parameters, target);
  if (!isSql(statement)) {
    throw parameterError(`a statement is text or an sql template, not ${kindUnawaited(statement)}`, target);
  }
  if (parameters !== undefined) {
    throw parameterError("an sql template carries its own values; parameters go with text only", target);
  }
  const content = contentOf(statement);
  if (content.kind === "template") return compileTemplate(statement, content, target);
  const writer = new StatementWriter(target, content);
  writer.fragment(statement);
  return writer.finish();
}

/** {@link compile} for a text. @throws ParameterError */
export function compileText(text: string, parameters: Parameters | undefined, target: StatementTarget): Statement {
  if (parameters === undefined) {
    if (!text.includes(":")) return { text, values: noValues };
    const plan = planText(text, target);
    refuseMismatch(plan, undefined, target);
    return plan.withoutValues;
  }
  if (Array.isArray(parameters)) return passThrough(text, parameters, target);
  if (!isNamed(parameters)) throw notNamed(parameters, { ...target, statement: text });
  const plan = planText(text, target);
  if (plan.names.length > 0) return bindNames(plan, parameters, target);
  refuseMismatch(plan, parameters, target);
  return plan.withoutValues;
}

function passThrough(text: string, items: readonly unknown[], target: StatementTarget): Statement {
  if (items.length <= target.dialect.maxParameters && everyScalar(items)) return { text, values: items.slice() };
  const bound = new BoundValues(target, text);
  for (let index = 0; index < items.length; index++) bound.add(items[index]);
  return bound.statement(text);
}

/** By index: `every` would leave the holes of a sparse array unseen. */
function everyScalar(items: readonly unknown[]): items is readonly ParameterValue[] {
  for (let index = 0; index < items.length; index++) if (!isScalar(items[index])) return false;
  return true;
}
