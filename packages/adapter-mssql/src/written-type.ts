import { refusal } from "./faults.ts";

/** Longer than any length that can be declared, which makes the driver say `(max)`. */
export const maxLength = 65_535;

/** A type as somebody has written it. */
export interface WrittenType {
  readonly name: string;
  readonly facets: readonly number[];
}

/** `"decimal(38, 10)"` taken apart. */
export function parseType(written: string): WrittenType {
  const [, name, facets] = /^\s*([a-z0-9_]+)\s*(?:\(\s*([^)]*)\))?\s*$/i.exec(written) ?? [];
  if (name === undefined) throw refusal("parameter", `a parameter cannot be of the type "${written}"`);
  const numbers = (facets ?? "").split(",").filter((it) => it.trim() !== "");
  return {
    name: name.toLowerCase(),
    facets: numbers.map((it) => (/^\s*max\s*$/i.test(it) ? maxLength : Number(it))),
  };
}

/** Whether a parameter can be declared as a type of the server: not as one of the CLR's, or of a user's own. */
export function isParameterType(written: string): boolean {
  return /^(?:n?(?:var)?char|n?text|sysname|xml|json|sql_variant|(?:var)?binary|image|timestamp|rowversion|bit|(?:tiny|small|big)?int|real|float|decimal|numeric|(?:small)?money|uniqueidentifier|date|time|(?:small)?datetime|datetime2|datetimeoffset)\b/i.test(
    written,
  );
}
