import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { constantOf, isSql } from "../sql/index.ts";
import type { Columns } from "./columns.ts";
import { Comparison } from "./comparison.ts";
import { allOf, anyOf, type Condition, opposite } from "./condition.ts";
import { op } from "./op.ts";
import { isPlainObject } from "./plain-object.ts";

/** A filter whose types no longer matter. */
export type AnyFilter = Readonly<Record<string | symbol, unknown>>;

/** What a filter says, on one engine. @throws ParameterError for what is no filter, and for `undefined` wherever it stands */
export function filterCondition(filter: unknown, columns: Columns, dialect: DialectFacts): Condition {
  if (isSql(filter)) return constantOf(filter) ?? filter;
  if (filter === undefined) throw new ParameterError("a filter is undefined; say {} if every row is meant");
  if (!isPlainObject(filter)) throw new ParameterError("a filter is a plain object of columns, or an sql fragment");
  const conditionOf = (part: unknown) => filterCondition(part, columns, dialect);
  const conditions = Reflect.ownKeys(filter).map((key): Condition => {
    const value = (filter as AnyFilter)[key];
    switch (key) {
      case op.and:
        return allOf(partsOf("op.and", value).map(conditionOf));
      case op.or:
        return anyOf(partsOf("op.or", value).map(conditionOf));
      case op.not:
        return opposite(conditionOf(value));
      default:
        if (typeof key === "symbol") throw new ParameterError("a filter's symbols are op.and, op.or and op.not");
        return new Comparison(key, columns, dialect).condition(value);
    }
  });
  return allOf(conditions);
}

function partsOf(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return Array.from(value);
  throw new ParameterError(`[${name}] in a filter takes a list of filters`);
}
