import { isParameter, type SqlValue } from "../sql/index.ts";

/** For each value of a row what it is to the engine; `undefined` for NULL, which goes with everything. */
export type Kinds = readonly (string | undefined)[];

/** The kinds of a row's values. */
export function kindsOf(values: readonly SqlValue[]): Kinds {
  return values.map((value) => {
    if (value === null) return undefined;
    if (typeof value !== "object") return typeof value;
    if (isParameter(value)) return value.value === null ? undefined : value.type;
    if (value instanceof Uint8Array) return "bytes";
    return value instanceof Date ? "date" : "document";
  });
}

/** What two rows are together; `undefined` when a value of one has another kind than that of the other. */
export function merged(first: Kinds, second: Kinds): Kinds | undefined {
  const both: (string | undefined)[] = [];
  for (let index = 0; index < first.length; index++) {
    const [one, other] = [first[index], second[index]];
    if (one !== undefined && other !== undefined && one !== other) return undefined;
    both.push(one ?? other);
  }
  return both;
}
