/** As many values as one statement takes on every engine, with room for others. */
const atOnce = 500;

/** A list in pieces, each of which fits into one statement. */
export function* piecesOf<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += atOnce) yield list.slice(start, start + atOnce);
}

/**
 * A list for an IN, with its last value repeated up to a power of two: servers and drivers keep a plan for each text, and a text for each size
 * would push others out.
 */
export function inFewSizes<T>(list: readonly T[]): readonly T[] {
  const last = list.at(-1);
  if (last === undefined) return list;
  const size = Math.min(atOnce, 2 ** Math.ceil(Math.log2(list.length)));
  return [...list, ...new Array<T>(Math.max(0, size - list.length)).fill(last)];
}
