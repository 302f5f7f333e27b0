import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { didYouMean } from "../internal/nearest-name.ts";
import { isSql, type Sql, type SqlValue, sql } from "../sql/index.ts";
import type { Columns } from "./columns.ts";
import { inList, notInList } from "./in-list.ts";
import { pattern } from "./pattern.ts";

/** A filter whose types no longer matter. */
export type AnyFilter = Readonly<Record<string, unknown>>;

const operators = ["eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "between", "like", "ilike", "isNull"] as const;
type Operator = (typeof operators)[number];

/** A filter as a condition; `undefined` when it says nothing, so that callers can tell "everything" from a condition. */
export function filterCondition(
  filter: AnyFilter | Sql | undefined,
  columns: Columns,
  dialect: DialectFacts,
): Sql | undefined {
  if (filter === undefined) return undefined;
  if (isSql(filter)) return filter;
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
    throw new ParameterError("a filter is an object of columns, or an sql fragment");
  }
  const conditions = Object.entries(filter).flatMap(([name, value]) => entryCondition(name, value, columns, dialect));
  return conditions.length === 0 ? undefined : sql.and(conditions);
}

function entryCondition(name: string, value: unknown, columns: Columns, dialect: DialectFacts): Sql[] {
  switch (name) {
    case "and":
    case "or": {
      if (!Array.isArray(value)) throw new ParameterError(`"${name}" in a filter takes a list of filters`);
      const parts = value.map((part: AnyFilter) => filterCondition(part, columns, dialect) ?? sql`1 = 1`);
      return [name === "and" ? sql.and(parts) : sql.or(parts)];
    }
    case "not":
      return [sql`not (${filterCondition(value as AnyFilter, columns, dialect) ?? sql`1 = 1`})`];
    default:
      return columnConditions(name, value, columns, dialect);
  }
}

function columnConditions(property: string, value: unknown, columns: Columns, dialect: DialectFacts): Sql[] {
  // Silently dropping the condition would widen what is found, or deleted.
  if (value === undefined) {
    throw new ParameterError(`the filter on "${property}" is undefined; leave it out, or use null`, {
      parameters: [property],
    });
  }
  if (!isComparison(value)) return [equality(property, value, columns, dialect)];
  return Object.entries(value).map(([operator, operand]) => {
    if (!(operators as readonly string[]).includes(operator)) {
      const hint = didYouMean(operator, operators);
      throw new ParameterError(`"${operator}" is no comparison${hint}; "${property}" may use ${operators.join(", ")}`, {
        parameters: [property],
      });
    }
    if (operand === undefined) {
      throw new ParameterError(`"${operator}" in the filter on "${property}" is undefined`, { parameters: [property] });
    }
    return comparison(property, operator as Operator, operand, columns, dialect);
  });
}

/** A plain object compares; everything else, dates and bytes among it, is a value. */
function isComparison(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || isSql(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function equality(property: string, value: unknown, columns: Columns, dialect: DialectFacts): Sql {
  const column = columns.of(property);
  if (value === null || (value === "" && dialect.emptyStringIsNull)) return sql`${column} is null`;
  return sql`${column} = ${columns.encode(property, value, dialect)}`;
}

function comparison(
  property: string,
  operator: Operator,
  operand: unknown,
  columns: Columns,
  dialect: DialectFacts,
): Sql {
  const column = columns.of(property);
  const encoded = (value: unknown): SqlValue => columns.encode(property, value, dialect);
  switch (operator) {
    case "eq":
      return equality(property, operand, columns, dialect);
    case "ne":
      if (operand === null || (operand === "" && dialect.emptyStringIsNull)) return sql`${column} is not null`;
      return sql`${column} <> ${encoded(operand)}`;
    case "lt":
      return sql`${column} < ${encoded(operand)}`;
    case "lte":
      return sql`${column} <= ${encoded(operand)}`;
    case "gt":
      return sql`${column} > ${encoded(operand)}`;
    case "gte":
      return sql`${column} >= ${encoded(operand)}`;
    case "between": {
      const [from, to] = listOf(property, operator, operand);
      return sql`${column} between ${encoded(from)} and ${encoded(to)}`;
    }
    case "in":
      return inList(column, listOf(property, operator, operand), encoded, dialect);
    case "notIn":
      return notInList(column, listOf(property, operator, operand), encoded, dialect);
    case "like":
    case "ilike":
      if (typeof operand !== "string")
        throw new ParameterError(`"${operator}" takes a text`, { parameters: [property] });
      return pattern(column, operand, operator === "ilike", dialect);
    case "isNull":
      return operand === true ? sql`${column} is null` : sql`${column} is not null`;
  }
}

function listOf(property: string, operator: string, operand: unknown): readonly unknown[] {
  if (Array.isArray(operand) && (operator !== "between" || operand.length === 2)) return operand;
  const expected = operator === "between" ? "a list of two values" : "a list of values";
  throw new ParameterError(`"${operator}" in the filter on "${property}" takes ${expected}`, {
    parameters: [property],
  });
}
