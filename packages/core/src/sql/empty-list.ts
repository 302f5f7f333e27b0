import { type ParameterPlace, parameterError } from "./parameter-error.ts";

const name = String.raw`(?:"(?:[^"]|"")+"|\[(?:[^\]]|\]\])+\]|${"`"}(?:[^${"`"}])+${"`"}|[\p{L}_][\p{L}\p{M}\p{N}_$#]*)`;
const comparedColumn = new RegExp(
  String.raw`(?:\b(?:where|and|or|on|having|when|not|select)\s+|[(,]\s*)(${name}(?:\.${name})*)\s+(?:not\s+)?in\s*\(\s*$`,
  "iu",
);
const notIn = /\bnot\s+in\s*\(\s*$/i;

/**
 * What stands for an empty list behind `before`. A subquery without rows makes `in` false and `not in` true, but PostgreSQL and SQL
 * Server want its column to have the type of what is compared, and only that itself surely has it. Where it is not a plain column,
 * `null` serves `in`; `not in` would find nothing where it should find everything, so that is refused.
 */
export function emptyList(before: string, place: ParameterPlace): string {
  const from = place.dialect.selectNeedsFrom === null ? "" : ` from ${place.dialect.selectNeedsFrom}`;
  const column = comparedColumn.exec(before)?.[1];
  if (column !== undefined) return `select ${column}${from} where 1=0`;
  if (!notIn.test(before)) return "null";
  throw parameterError(
    "an empty list behind not in, where the left side is not a plain column; leave the condition out when the list is empty",
    place,
  );
}
