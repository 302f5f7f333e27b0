import type { ParameterValue, Statement } from "../driver/index.ts";
import { kindUnawaited } from "../internal/kind-in-words.ts";
import { didYouMean } from "../internal/nearest-name.ts";
import { BoundValues } from "./bound-values.ts";
import { isSql } from "./fragment.ts";
import { type ParameterPlace, parameterError, type StatementTarget } from "./parameter-error.ts";
import { isScalar } from "./parameter-value.ts";
import { placeholdersRepeat } from "./placeholder.ts";
import { StatementWriter } from "./statement-writer.ts";
import type { TextPlan } from "./text-plan.ts";

/** Named parameters as an object. */
export type NamedParameters = Readonly<Record<string, unknown>>;

/** Says whether parameters are an object of names. */
export function isNamed(parameters: unknown): parameters is NamedParameters {
  return typeof parameters === "object" && parameters !== null && !Array.isArray(parameters) && !isSql(parameters);
}

/** The error for parameters that are neither an object nor, where that is allowed, an array. */
export function notNamed(parameters: unknown, place: ParameterPlace): Error {
  const found = isSql(parameters) ? "an sql fragment" : kindUnawaited(parameters);
  return parameterError(`parameters are an object with their names, or an array, not ${found}`, place);
}

/**
 * Binds the values of a text's names. A value may be a fragment: `{ ids: sql.list(ids) }`.
 * @throws ParameterError for a missing, an unused and an `undefined` name. Own enumerable properties count, inherited ones do not.
 */
export function bindNames(plan: TextPlan, parameters: NamedParameters, target: StatementTarget): Statement {
  return bindScalars(plan, parameters, target) ?? bindAny(plan, parameters, target);
}

/** Nearly every statement: scalars, each of its names once. `undefined` for anything else, be it wrong or not. */
function bindScalars(plan: TextPlan, parameters: NamedParameters, target: StatementTarget): Statement | undefined {
  const { order, names, text } = plan;
  if (order.length > target.dialect.maxParameters || Object.keys(parameters).length !== names.length) return undefined;
  const values: ParameterValue[] = [];
  for (const name of order) {
    const item = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!isScalar(item)) return undefined;
    values.push(item);
  }
  return { text, values };
}

function bindAny(plan: TextPlan, parameters: NamedParameters, target: StatementTarget): Statement {
  const bound = new BoundValues(target, plan.source);
  return bindInto(bound, plan, parameters) ? bound.statement(plan.text) : withFragments(plan, parameters, target);
}

/** Adds the values in the engine's order. Gives `false` when one is a fragment, and the text no longer fits. */
export function bindInto(bound: BoundValues, plan: TextPlan, parameters: NamedParameters): boolean {
  for (const name of plan.order) {
    const item = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (item === undefined) refuseMismatch(plan, parameters, bound.place);
    if (isSql(item)) return false;
    bound.add(item, name);
  }
  if (Object.keys(parameters).length !== plan.names.length) refuseMismatch(plan, parameters, bound.place);
  return true;
}

/** @throws ParameterError that says which names are missing and which are too many, if any are. */
export function refuseMismatch(plan: TextPlan, parameters: NamedParameters | undefined, place: ParameterPlace): void {
  const given = Object.keys(parameters ?? {});
  const missing = plan.names.filter((name) => parameters === undefined || !Object.hasOwn(parameters, name));
  const unused = given.filter((name) => !plan.names.includes(name));
  if (missing.length === 0 && unused.length === 0) return;
  const problems: string[] = [];
  if (missing.length > 0) {
    problems.push(`no value for ${list(missing)}${missing.length === 1 ? didYouMean(missing[0] ?? "", unused) : ""}`);
  }
  if (unused.length > 0) {
    // A name that was suggested for a missing one needs no suggestion of its own.
    const hint = unused.length === 1 && missing.length === 0 ? didYouMean(unused[0] ?? "", plan.names) : "";
    problems.push(`no placeholder for ${list(unused)}${hint}`);
  }
  const advice =
    parameters === undefined ? "; give an object with the values, or [] to send the text as it stands" : "";
  throw parameterError(problems.join("; ") + advice, { ...place, statement: plan.source }, [...missing, ...unused]);
}

function list(names: readonly string[]): string {
  return names.map((name) => `:${name}`).join(", ");
}

/** A fragment changes the text, so it is written anew. */
function withFragments(plan: TextPlan, parameters: NamedParameters, target: StatementTarget): Statement {
  refuseMismatch(plan, parameters, target);
  const repeats = placeholdersRepeat(target.dialect.placeholder);
  const positions = new Map<string, number>();
  const writer = new StatementWriter(target, plan.source);
  for (const [index, name] of plan.occurrences.entries()) {
    writer.text(plan.pieces[index] ?? "");
    const position = repeats ? positions.get(name) : undefined;
    if (position === undefined || position === 0) positions.set(name, writer.item(parameters[name], name));
    else writer.again(position);
  }
  writer.text(plan.pieces.at(-1) ?? "");
  return writer.finish();
}
