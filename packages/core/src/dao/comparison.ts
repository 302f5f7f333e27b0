import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { type Sql, type SqlValue, sql } from "../sql/index.ts";
import type { Columns } from "./columns.ts";
import type { Comparator } from "./comparators.ts";
import { allOf, anyOf, type Condition } from "./condition.ts";
import { checkFilterValue, checkPlainValue } from "./filter-value.ts";
import { inList, notInList } from "./in-list.ts";
import { asMillisecond } from "./moments.ts";
import { type OpContent, opContentOf } from "./op.ts";
import { pattern } from "./pattern.ts";

/** One column of a filter, on one engine. */
export class Comparison {
  readonly #property: string;
  readonly #columns: Columns;
  readonly #dialect: DialectFacts;

  constructor(property: string, columns: Columns, dialect: DialectFacts) {
    this.#property = property;
    this.#columns = columns;
    this.#dialect = dialect;
  }

  /** What a filter says about the column: a value that it equals, or an operator. @throws ParameterError for anything else */
  condition(given: unknown): Condition {
    const content = opContentOf(given);
    if (content !== undefined) return this.#operation(content);
    checkPlainValue(given, this.#property, this.#isDocument);
    return this.#equals(given);
  }

  #operation(content: OpContent): Condition {
    const column = this.#columns.of(this.#property);
    switch (content.kind) {
      case "eq":
        return this.#equals(this.#checked(content.kind, content.value));
      case "ne":
        this.#checked(content.kind, content.value);
        if (this.#isNull(content.value)) return sql`${column} is not null`;
        return this.#compared("<>", content.value);
      case "lt":
        return this.#ordered(content.kind, "<", content.value);
      case "lte":
        return this.#ordered(content.kind, "<=", content.value);
      case "gt":
        return this.#ordered(content.kind, ">", content.value);
      case "gte":
        return this.#ordered(content.kind, ">=", content.value);
      case "between":
        return sql.and([
          this.#ordered(content.kind, ">=", content.from),
          this.#ordered(content.kind, "<=", content.to),
        ]);
      case "in":
        return this.#in(this.#listed(content.kind, content.values));
      case "notIn":
        return this.#notIn(this.#listed(content.kind, content.values));
      case "like":
      case "ilike":
        return this.#pattern(content.kind, content.pattern);
      case "isNull":
        return sql`${column} is null`;
      case "isNotNull":
        return sql`${column} is not null`;
      case "either":
        return anyOf(content.parts.map((part) => this.condition(part)));
      case "both":
        return allOf(content.parts.map((part) => this.condition(part)));
    }
  }

  #equals(value: unknown): Sql {
    if (this.#isNull(value)) return sql`${this.#columns.of(this.#property)} is null`;
    return this.#compared("=", value);
  }

  #compared(operator: Comparator, value: unknown): Sql {
    const plain = (by: Comparator, it: unknown): Sql => this.#columns.compared(this.#property, by, it, this.#dialect);
    const whole = this.#isWhole(value) ? asMillisecond(operator, value, plain, this.#dialect) : undefined;
    return whole ?? plain(operator, value);
  }

  /** Whether a value is a `Date` that stands for its whole millisecond. */
  #isWhole(value: unknown): value is Date {
    return value instanceof Date && this.#columns.isFinerThanDate(this.#property, this.#dialect);
  }

  #in(values: readonly unknown[]): Condition {
    const whole = values.filter((it) => this.#isWhole(it));
    const rest = whole.length === 0 ? values : values.filter((it) => !(it instanceof Date));
    return anyOf([inList(rest, this.#columns, this.#property, this.#dialect), ...whole.map((it) => this.#equals(it))]);
  }

  #notIn(values: readonly unknown[]): Condition {
    const whole = values.filter((it) => this.#isWhole(it));
    const rest = whole.length === 0 ? values : values.filter((it) => !(it instanceof Date));
    const without = whole.map((it) => this.#compared("<>", it));
    return allOf([notInList(rest, this.#columns, this.#property, this.#dialect), ...without]);
  }

  #ordered(kind: string, operator: "<" | "<=" | ">" | ">=", value: unknown): Sql {
    return this.#compared(operator, this.#checked(kind, value));
  }

  #listed(kind: string, values: unknown): readonly unknown[] {
    if (!Array.isArray(values)) throw this.#refused(`op.${kind} takes a list of values`);
    for (const value of values) if (value !== null) this.#checked(kind, value);
    return values;
  }

  #pattern(kind: "like" | "ilike", text: unknown): Sql {
    if (typeof text !== "string") throw this.#refused(`op.${kind} takes a text`);
    const typed = (translated: string): SqlValue => this.#columns.asPattern(this.#property, translated, this.#dialect);
    return pattern(this.#columns.of(this.#property), text, kind === "ilike", this.#dialect, typed);
  }

  #checked(kind: string, value: unknown): unknown {
    const place = `op.${kind} in the filter on "${this.#property}"`;
    checkFilterValue(value, this.#property, place, this.#isDocument);
    return value;
  }

  /** An engine that knows no empty text has stored NULL for it. */
  #isNull(value: unknown): boolean {
    return value === "" && this.#dialect.emptyStringIsNull;
  }

  get #isDocument(): boolean {
    return this.#columns.hasCodec(this.#property);
  }

  #refused(problem: string): ParameterError {
    return new ParameterError(`${problem}, in the filter on "${this.#property}"`, { parameters: [this.#property] });
  }
}
