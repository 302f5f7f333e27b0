import type { Sql } from "../sql/index.ts";
import type { Op, op } from "./op.ts";

/** Says whether `T` is a union of several members. */
type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;

/** Columns that take NULL, and properties that are optional, may be left out of an insert. */
type Optional<Row, Column extends keyof Row> = Column extends unknown
  ? null extends Row[Column]
    ? Column
    : undefined extends Row[Column]
      ? Column
      : never
  : never;

/** Properties that an entity may lack. */
export type MissingProperty<Row extends object> = {
  [Column in keyof Row]-?: undefined extends Row[Column] ? Column : never;
}[keyof Row];

/** What `insert` takes: every column but the generated ones; those that take NULL may be left out. */
export type Insert<Row extends object, Generated extends keyof Row> = {
  readonly [Column in Exclude<keyof Row, Generated | Optional<Row, keyof Row>>]: Row[Column];
} & {
  readonly [Column in Exclude<Optional<Row, keyof Row>, Generated>]?: Row[Column];
} & { readonly [Column in Generated]?: never };

/** What `upsert` takes: as `insert`, but a generated key may be named. */
export type Upsert<Row extends object, Generated extends keyof Row, Key extends keyof Row> = {
  readonly [Column in Exclude<keyof Row, Generated | Optional<Row, keyof Row>>]: Row[Column];
} & {
  readonly [Column in Exclude<Optional<Row, keyof Row>, Generated>]?: Row[Column];
} & { readonly [Column in Extract<Generated, Key>]?: Row[Column] } & {
  readonly [Column in Exclude<Generated, Key>]?: never;
};

/** What identifies one entity: the key's value, or an object with the columns of a composite key. */
export type KeyOf<Row extends object, Key extends keyof Row> = [Key] extends [infer Only extends keyof Row]
  ? IsUnion<Key> extends true
    ? Readonly<Pick<Row, Key>>
    : Row[Only]
  : never;

/** What `update` changes: not the key and not the generated columns; the version, where there is one, is the expected one. */
export type Changes<
  Row extends object,
  Generated extends keyof Row,
  Key extends keyof Row,
  Version extends keyof Row,
> = {
  readonly [Column in Exclude<keyof Row, Generated | Key>]?: Row[Column];
} & { readonly [Column in Version]?: Row[Column] } & { readonly [Column in Exclude<Generated | Key, Version>]?: never };

/**
 * Which rows: an object of columns and what they must be, all of them together. A plain value means equality; everything else is made by
 * {@link op}: `{ age: op.gte(18), team: op.isNull() }`. The keys `[op.and]`, `[op.or]` and `[op.not]` combine filters.
 */
export type Filter<Row extends object> = {
  readonly [Column in keyof Row]?: NonNullable<Row[Column]> | Op<NonNullable<Row[Column]>>;
} & {
  readonly [op.and]?: readonly (Filter<Row> | Sql)[];
  readonly [op.or]?: readonly (Filter<Row> | Sql)[];
  readonly [op.not]?: Filter<Row> | Sql;
};

/** The order of rows: columns to directions, the first column first. */
export type OrderBy<Row extends object> = { readonly [Column in keyof Row]?: "asc" | "desc" };
