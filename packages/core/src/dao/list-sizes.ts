import type { DialectFacts } from "../driver/index.ts";

/** From here on a list grows by this many elements; below, each size is twice the one before. */
const step = 64;

/** A list with its last value repeated up to one of a few sizes, where a server keeps a plan for each text. */
export function inFewSizes<T>(values: readonly T[], { sharedPlans, maxInList }: DialectFacts): readonly T[] {
  const { length } = values;
  if (sharedPlans !== true || length < 3) return values;
  const size = length > step ? Math.ceil(length / step) * step : 2 ** Math.ceil(Math.log2(length));
  if (size === length || size > maxInList) return values;
  return [...values, ...new Array<T>(size - length).fill(values[length - 1] as T)];
}
