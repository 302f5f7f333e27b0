import type { ParameterHint, ParameterValue } from "../driver/index.ts";
import { bindInto, isNamed, notNamed } from "./bind-names.ts";
import { BoundValues } from "./bound-values.ts";
import type { Parameters } from "./compile.ts";
import { type ParameterPlace, parameterError, type StatementTarget } from "./parameter-error.ts";
import { planText, type TextPlan } from "./text-plan.ts";

/** One text for many sets of parameters. */
export interface ManyStatement {
  /** With the engine's placeholders. */
  readonly text: string;
  /**
   * The values of one set, in the engine's order.
   * @param index - the set's position from 0, for error messages
   * @throws ParameterError naming the set
   */
  bind(parameters: Parameters, index: number): readonly ParameterValue[];
  /**
   * The types that the sets bound so far named by `sql.typed`; sparse, absent when there are none. Complete after the first set: a
   * later one that names other types is refused.
   */
  readonly hints: readonly (ParameterHint | undefined)[] | undefined;
}

/**
 * Prepares a text for many sets of parameters. A text with `:name` placeholders takes objects, any other text arrays.
 * @throws ParameterError when the text mixes two kinds of placeholder
 */
export function compileMany(text: string, target: StatementTarget): ManyStatement {
  if (typeof text !== "string") {
    throw parameterError("many sets of parameters go with text, not with an sql template", target);
  }
  const plan = planText(text, target);
  let first: BoundValues | undefined;
  return {
    text: plan.text,
    get hints() {
      return first?.hints;
    },
    bind(parameters, index) {
      const bound = new BoundValues(target, text, index);
      if (Array.isArray(parameters)) bindArray(bound, parameters, plan);
      else {
        if (!isNamed(parameters)) throw notNamed(parameters, bound.place);
        if (!bindInto(bound, plan, parameters)) throw fragmentInSet(bound.place);
      }
      bound.checkCount();
      if (first === undefined) first = bound;
      else checkSameShape(first, bound);
      return bound.values;
    },
  };
}

function bindArray(bound: BoundValues, parameters: readonly unknown[], plan: TextPlan): void {
  if (plan.names.length > 0) {
    throw parameterError("is an array, but the text has :name placeholders; give an object", bound.place);
  }
  for (let at = 0; at < parameters.length; at++) bound.add(parameters[at]);
}

function fragmentInSet(place: ParameterPlace): Error {
  return parameterError("has an sql fragment as a value, which would change the text of one set only", place);
}

function checkSameShape(first: BoundValues, bound: BoundValues): void {
  if (bound.values.length !== first.values.length) {
    const expected = `${first.values.length} as the first set has`;
    throw parameterError(`has ${bound.values.length} values, not ${expected}`, bound.place);
  }
  if (first.hints === undefined && bound.hints === undefined) return;
  for (let at = 0; at < first.values.length; at++) {
    if (first.hints?.[at]?.type !== bound.hints?.[at]?.type) {
      throw parameterError(`parameter ${at + 1} has another type than in the first set`, bound.place);
    }
  }
}
