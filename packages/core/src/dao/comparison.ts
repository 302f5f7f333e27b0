import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { type Sql, type SqlValue, sql } from "../sql/index.ts";
import type { Columns } from "./columns.ts";
import { allOf, anyOf, type Condition } from "./condition.ts";
import { checkFilterValue, checkPlainValue } from "./filter-value.ts";
import { inList, notInList } from "./in-list.ts";
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
        return this.#columns.compared(this.#property, "<>", content.value, this.#dialect);
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
        return inList(this.#listed(content.kind, content.values), this.#columns, this.#property, this.#dialect);
      case "notIn":
        return notInList(this.#listed(content.kind, content.values), this.#columns, this.#property, this.#dialect);
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
    return this.#columns.compared(this.#property, "=", value, this.#dialect);
  }

  #ordered(kind: string, operator: "<" | "<=" | ">" | ">=", value: unknown): Sql {
    return this.#columns.compared(this.#property, operator, this.#checked(kind, value), this.#dialect);
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
