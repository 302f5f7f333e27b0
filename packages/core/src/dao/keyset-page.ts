import type { ColumnInfo, DialectFacts, ExactPlace, ResultSet } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import type { StatementOptions } from "../session/index.ts";
import { type Sql, type SqlValue, sql } from "../sql/index.ts";
import type { Columns } from "./columns.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { expression } from "./expression.ts";
import { behind, type OrderColumn } from "./keyset.ts";
import type { PageAfter } from "./paging.ts";
import type { Selection } from "./selection.ts";
import type { TableAccess } from "./table-access.ts";

/** What a page is asked for, its order and conditions aside. */
export interface KeysetRequest {
  readonly limit: number;
  readonly after?: string | undefined;
}

/**
 * One page of a selection that is in total order and one row longer than the page.
 * @throws ParameterError for a column that has no place in an order that a cursor could hold
 */
export async function keysetPage(
  access: TableAccess,
  selection: Selection,
  { limit, after }: KeysetRequest,
  options: StatementOptions,
): Promise<PageAfter<Record<string, unknown>>> {
  const { context } = access.inner;
  const { order } = selection;
  const exact = order.map(({ property }) => exactPlaceOf(access.columns.infoOf(property), context.dialect));
  const rest =
    after === undefined
      ? selection
      : selection.and(
          behind(
            order,
            positionOf(order, exact, decodeCursor(order, after), access.columns, context.dialect),
            context.dialect,
          ),
        );
  const result = await access.read(rest.rows(exactColumns(order, exact)), options);
  const width = result.columns.length - exact.filter((it) => it !== undefined).length;
  const columns = firstColumns(result.columns, width);
  const rows = result.rows.slice(0, limit);
  const indexes = indexesOf(access, columns, order, exact, width);
  refuseWithoutPlace(access, order, indexes, result);
  const shortened = width === result.columns.length ? rows : rows.map((row) => row.slice(0, width));
  const items = await access.entities.of(context, { ...result, columns, rows: shortened });
  if (result.rows.length <= limit) return { items, next: undefined };
  // The driver's own values: a `Date` would cut a timestamp to milliseconds and repeat rows.
  const last = rows.at(-1) ?? [];
  return {
    items,
    next: encodeCursor(
      order,
      indexes.map((index) => last[index]),
    ),
  };
}

function exactPlaceOf(column: ColumnInfo | undefined, { exactPlaces }: DialectFacts): ExactPlace | undefined {
  if (column === undefined || exactPlaces === undefined) return undefined;
  return exactPlaces[column.databaseType] ?? exactPlaces[column.type];
}

/** The exact places as columns beside the table's own. */
function exactColumns(order: readonly OrderColumn[], exact: readonly (ExactPlace | undefined)[]): Sql {
  const columns = order.flatMap(({ column }, index) => {
    const place = exact[index];
    return place === undefined ? [] : [sql`${expression(place.read, column)} as ${sql.raw(`mdb_place_${index}`)}`];
  });
  return columns.length === 0 ? sql.empty : sql.join(columns);
}

function positionOf(
  order: readonly OrderColumn[],
  exact: readonly (ExactPlace | undefined)[],
  values: readonly SqlValue[],
  columns: Columns,
  dialect: DialectFacts,
): SqlValue[] {
  return order.map(({ property }, index) => {
    const value = values[index] ?? null;
    const place = exact[index];
    if (value === null) return null;
    return place === undefined ? columns.asPlace(property, value, dialect) : expression(place.write, value);
  });
}

/** For each column of the order where its place stands in a row. */
function indexesOf(
  access: TableAccess,
  columns: readonly ColumnInfo[],
  order: readonly OrderColumn[],
  exact: readonly (ExactPlace | undefined)[],
  width: number,
): readonly number[] {
  let extra = width;
  return order.map(({ property }, index) =>
    exact[index] === undefined ? access.entities.indexOf(access.inner.context, columns, property) : extra++,
  );
}

function refuseWithoutPlace(
  access: TableAccess,
  order: readonly OrderColumn[],
  indexes: readonly number[],
  { columns, rows }: ResultSet,
): void {
  for (const [at, { property }] of order.entries()) {
    const index = indexes[at] as number;
    if (columns[index]?.type !== "json" && rows.every((row) => hasPlace(row[index]))) continue;
    const message = `${access.place}: pages cannot be walked by "${property}", whose values no cursor can hold`;
    throw new ParameterError(message, { parameters: [property] });
  }
}

function hasPlace(value: unknown): boolean {
  return typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array;
}

const shortened = new WeakMap<readonly ColumnInfo[], readonly ColumnInfo[]>();

/** The table's own columns; the same array for the same one, because row mappers are kept by it. */
function firstColumns(columns: readonly ColumnInfo[], width: number): readonly ColumnInfo[] {
  if (width === columns.length) return columns;
  const found = shortened.get(columns) ?? columns.slice(0, width);
  shortened.set(columns, found);
  return found;
}
