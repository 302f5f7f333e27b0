import { keyPartText } from "./key-part.ts";

/** The places of keys, in an order that is the same for the same keys wherever they stand. Equal ones keep their order. */
export function inKeyOrder(keys: readonly (readonly unknown[])[]): readonly number[] {
  return keys.map((_, at) => at).sort((a, b) => compareKeys(keys[a] ?? [], keys[b] ?? []));
}

function compareKeys(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [at, value] of a.entries()) {
    const order = compareValues(value, b[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: unknown, b: unknown): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  const [one, other] = [keyPartText(a), keyPartText(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
