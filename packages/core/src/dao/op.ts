const inspect = Symbol.for("nodejs.util.inspect.custom");

/** Reaches an operator's content. A registered symbol, because two copies of this package can meet. */
const content = Symbol.for("@nsj/mdb/op");

/**
 * What one column must be, where that is more than "equals"; made by {@link op}. Nothing that was parsed from JSON is one.
 *
 * @typeParam V - the values that it is about
 */
export interface Op<out V> {
  /** Only for the compiler: tells an operator from a value, the same in every copy of the package. */
  readonly "~op": OpMark<V>;
}

/** See {@link Op}. */
export interface OpMark<out V> {
  readonly version: 1;
  readonly value?: V;
}

/** What an operator says. Its operands are checked where a filter uses it, because there the column is known. */
export type OpContent =
  | { readonly kind: "eq" | "ne" | "lt" | "lte" | "gt" | "gte"; readonly value: unknown }
  | { readonly kind: "like" | "ilike"; readonly pattern: unknown }
  | { readonly kind: "between"; readonly from: unknown; readonly to: unknown }
  | { readonly kind: "in" | "notIn"; readonly values: unknown }
  | { readonly kind: "isNull" | "isNotNull" }
  | { readonly kind: "either" | "both"; readonly parts: readonly unknown[] };

/** The type of {@link op}. */
export interface Operators {
  /** A key of a filter: every one of these filters. Of none it is true. */
  readonly and: unique symbol;
  /** A key of a filter: at least one of these filters. Of none it is false. */
  readonly or: unique symbol;
  /** A key of a filter: not this filter. */
  readonly not: unique symbol;
  /** Equals; the same as the plain value, and the only way to say an array. */
  eq<V>(value: V): Op<V>;
  /** Differs. As in SQL, a row whose column is NULL is not found. */
  ne<V>(value: V): Op<V>;
  lt<V>(value: V): Op<V>;
  lte<V>(value: V): Op<V>;
  gt<V>(value: V): Op<V>;
  gte<V>(value: V): Op<V>;
  /** From one value to another; both ends belong to it. */
  between<V>(from: V, to: V): Op<V>;
  /** One of these values. An empty list finds nothing; `null` among them finds NULL. */
  in<V>(values: readonly (V | null)[]): Op<V>;
  /** None of these values. An empty list excludes nothing. Rows whose column is NULL are found only by an empty one, as in SQL. */
  notIn<V>(values: readonly (V | null)[]): Op<V>;
  /** `%` any characters, `_` one character, a backslash takes the next character literally; the same on every engine. */
  like<V extends string>(pattern: string): Op<V>;
  /** As `like`, ignoring case as the engine's `lower` does. */
  ilike<V extends string>(pattern: string): Op<V>;
  isNull(): Op<never>;
  isNotNull(): Op<never>;
  /** At least one of these values or operators. Of none it is false. */
  either<V>(...parts: readonly (V | Op<V>)[]): Op<V>;
  /** Every one of these operators. Of none it is true. */
  both<V>(...parts: readonly (V | Op<V>)[]): Op<V>;
}

class Operation {
  readonly #content: OpContent;

  constructor(value: OpContent) {
    this.#content = value;
  }

  get [content](): OpContent {
    return this.#content;
  }

  get "~op"(): OpMark<never> {
    return mark;
  }

  /** Without the values: what is printed ends in logs. */
  [inspect](): string {
    return `op.${this.#content.kind}(…)`;
  }
}

const mark: OpMark<never> = Object.freeze({ version: 1 });

function made(value: OpContent): Op<never> {
  return new Operation(value);
}

/** A list as it is now: what its owner does to it later changes no filter. */
function kept(values: unknown): unknown {
  return Array.isArray(values) ? [...(values as unknown[])] : values;
}

/**
 * What filters are made of beside plain values: operators for a column, and the keys that combine filters.
 *
 * ```ts
 * dao.findBy({ age: op.gte(18), name: op.like("A%"), [op.or]: [{ team: "red" }, { team: op.isNull() }] });
 * ```
 *
 * They are objects and symbols because a request's JSON body can hold neither: whatever stands in it, a filter that is made of it can
 * only say "equals".
 */
export const op: Operators = Object.freeze({
  and: Symbol.for("@nsj/mdb/op.and"),
  or: Symbol.for("@nsj/mdb/op.or"),
  not: Symbol.for("@nsj/mdb/op.not"),
  eq: (value: unknown) => made({ kind: "eq", value }),
  ne: (value: unknown) => made({ kind: "ne", value }),
  lt: (value: unknown) => made({ kind: "lt", value }),
  lte: (value: unknown) => made({ kind: "lte", value }),
  gt: (value: unknown) => made({ kind: "gt", value }),
  gte: (value: unknown) => made({ kind: "gte", value }),
  between: (from: unknown, to: unknown) => made({ kind: "between", from, to }),
  in: (values: unknown) => made({ kind: "in", values: kept(values) }),
  notIn: (values: unknown) => made({ kind: "notIn", values: kept(values) }),
  like: (pattern: unknown) => made({ kind: "like", pattern }),
  ilike: (pattern: unknown) => made({ kind: "ilike", pattern }),
  isNull: () => made({ kind: "isNull" }),
  isNotNull: () => made({ kind: "isNotNull" }),
  either: (...parts: readonly unknown[]) => made({ kind: "either", parts }),
  both: (...parts: readonly unknown[]) => made({ kind: "both", parts }),
}) as unknown as Operators;

/** What an operator says, of whichever copy of the package; `undefined` for anything else. */
export function opContentOf(value: unknown): OpContent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as { readonly [content]?: OpContent })[content];
}
