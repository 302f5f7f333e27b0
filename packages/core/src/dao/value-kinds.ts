import { isParameter, type SqlValue } from "../sql/index.ts";

/** For each value of a row what it is to the engine; `undefined` for NULL, which goes with everything. */
export type Kinds = readonly (string | undefined)[];

/** The kinds of a row's values. */
export function kindsOf(values: readonly SqlValue[]): Kinds {
  return values.map((value) => {
    if (value === null) return undefined;
    if (isParameter(value)) {
      if (value.value === null) return undefined;
      // By the column it has its type anyway, or else the one that its value has.
      return "column" in value && value.column !== undefined ? kindOf(value.value) : value.type;
    }
    return kindOf(value);
  });
}

function kindOf(value: unknown): string {
  if (typeof value !== "object") return typeof value;
  if (value instanceof Uint8Array) return "bytes";
  return value instanceof Date ? "date" : "document";
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
