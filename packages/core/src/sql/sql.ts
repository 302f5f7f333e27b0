import type { JsonText } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { kindUnawaited } from "../internal/kind-in-words.ts";
import {
  Fragment,
  type Identifier,
  IdentifierFragment,
  isSql,
  type Sql,
  type SqlValue,
  TemplateContent,
} from "./fragment.ts";
import { toJsonText } from "./json-value.ts";
import { isTypeName, type OutParameter, Parameter, type TypedParameter } from "./parameter.ts";

/** The type of {@link sql}. */
export interface SqlTag {
  /** See {@link sql}. */
  <Row = unknown>(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql<Row>;

  /**
   * A quoted name: `sql.identifier("sales", "orders")`. Names are exact, but on an engine that folds to upper case a simple lower-case
   * name means the folded one, as in SQL text.
   */
  identifier(...parts: readonly [string, ...string[]]): Identifier;

  /**
   * Values for an `IN`: `where id in (${sql.list(ids)})`. An empty list finds nothing with `in`, and everything with `not in`; behind
   * `not in`, where the left side is more than a column's name, it is refused instead.
   * @throws ParameterError at execution when it has more values than the engine takes
   */
  list(values: readonly SqlValue[]): Sql;

  /** Fragments or values one behind the other, with `, ` or another fragment between them. */
  join(parts: readonly SqlValue[], separator?: Sql): Sql;

  /**
   * Rows of values, the keyword included: `insert into users (name, age) ${sql.values([["Ann", 31], ["Bo", 27]])}`.
   * @throws ParameterError when there is no row, or one has another length than the first
   */
  values(rows: readonly (readonly SqlValue[])[]): Sql;

  /** Every condition, in parentheses; of none it is true. `sql.empty` among them is left out. */
  and(conditions: readonly Sql[]): Sql;

  /** One of the conditions, in parentheses; of none it is false. `sql.empty` among them is left out. */
  or(conditions: readonly Sql[]): Sql;

  /** Text as it is. The only unsafe door: never give it anything that came from outside. */
  raw(text: string): Sql;

  /** No text at all. */
  readonly empty: Sql;

  /**
   * A value sent as a JSON document: for arrays, strings and other values that are not objects. Serialised at once.
   * @throws ParameterError when it has no JSON form (`undefined`, cyclic, a bigint, NaN)
   */
  json(value: unknown): JsonText;

  /** A value together with the engine's own name of its type, where the value alone does not tell: `sql.typed(price, "decimal(38,10)")`. */
  typed(value: SqlValue, type: string): TypedParameter;

  /** A text that is sent as `varchar`: on SQL Server an index on a `varchar` column is not used for the usual `nvarchar`. */
  varchar(value: string | null): TypedParameter;

  /** A parameter that a procedure fills, for `call`. */
  out(type: string): OutParameter;

  /** A parameter that a procedure reads and changes, for `call`. */
  inout(type: string, value: SqlValue): OutParameter;
}

/**
 * Makes SQL that runs on every engine: each value becomes a placeholder, each fragment is taken in as it is.
 *
 * ```ts
 * const adults = sql<User>`select id, name from users where age >= ${18} and ${condition}`;
 * ```
 *
 * Placeholders and quoting are made at execution, for the engine that runs it. A template used twice keeps its text.
 *
 * @typeParam Row - the rows it gives
 */
export const sql: SqlTag = Object.freeze(
  Object.assign(tag, {
    identifier,
    list: (values: readonly SqlValue[]) => new Fragment({ kind: "list", values: copyOf(values, "sql.list") }),
    join,
    values: rows,
    and: (conditions: readonly Sql[]) => conditionsOf("and", conditions),
    or: (conditions: readonly Sql[]) => conditionsOf("or", conditions),
    raw,
    empty: raw(""),
    json,
    typed: (value: SqlValue, type: string) => new Parameter("in", checkedType(type), value),
    varchar: (value: string | null) => new Parameter("in", "varchar", value),
    out: (type: string) => new Parameter("out", checkedType(type), null),
    inout: (type: string, value: SqlValue) => new Parameter("inout", checkedType(type), value),
  }),
);

const comma = raw(", ");

function tag<Row>(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql<Row> {
  if (strings?.raw === undefined || values.length !== strings.length - 1) {
    throw new ParameterError("sql is a template tag: write sql`...`, or give plain text to the call itself");
  }
  return new Fragment(new TemplateContent(strings, values)) as Sql<Row>;
}

function identifier(...parts: readonly [string, ...string[]]): Identifier {
  if (parts.length === 0) throw new ParameterError("sql.identifier needs a name");
  for (const part of parts) {
    if (typeof part !== "string" || part === "") {
      throw new ParameterError(
        `sql.identifier takes names, not ${part === "" ? "an empty text" : kindUnawaited(part)}`,
      );
    }
  }
  return new IdentifierFragment(parts);
}

function join(parts: readonly SqlValue[], separator: Sql = comma): Sql {
  if (!isSql(separator)) {
    throw new ParameterError("the separator of sql.join is a fragment: sql`, ` or sql.raw(text)");
  }
  return new Fragment({ kind: "join", parts: copyOf(parts, "sql.join"), separator });
}

function rows(given: readonly (readonly SqlValue[])[]): Sql {
  const copies = copyOf(given, "sql.values").map((row) => copyOf(row, "each row of sql.values"));
  const width = copies[0]?.length;
  if (width === undefined || width === 0) throw new ParameterError("sql.values needs a row with a value");
  const odd = copies.findIndex((row) => row.length !== width);
  if (odd >= 0)
    throw new ParameterError(`sql.values: row ${odd} has ${copies[odd]?.length} values, row 0 has ${width}`);
  return new Fragment({ kind: "rows", rows: copies });
}

function conditionsOf(kind: "and" | "or", given: readonly Sql[]): Sql {
  const conditions = copyOf(given, `sql.${kind}`);
  for (const condition of conditions) {
    // A condition that is `undefined` or `false` by mistake must not silently widen what a DELETE hits.
    if (!isSql(condition)) {
      throw new ParameterError(
        `sql.${kind} takes fragments, not ${kindUnawaited(condition)}; use sql.empty for no condition`,
      );
    }
  }
  return new Fragment({ kind, conditions });
}

function raw(text: string): Sql {
  if (typeof text !== "string") throw new ParameterError(`sql.raw takes text, not ${kindUnawaited(text)}`);
  return new Fragment({ kind: "raw", text });
}

function json(value: unknown): JsonText {
  return toJsonText(value, (problem, cause) => new ParameterError(`sql.json: the value ${problem}`, { cause }));
}

function checkedType(type: string): string {
  if (isTypeName(type)) return type;
  throw new ParameterError(
    "the second word is no name of a type; write it as in a column's definition, like decimal(38,10)",
  );
}

function copyOf<T>(items: readonly T[], what: string): readonly T[] {
  if (!Array.isArray(items)) throw new ParameterError(`${what} takes an array, not ${kindUnawaited(items)}`);
  return Object.freeze([...items]);
}
