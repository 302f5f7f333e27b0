import type { MaybePromise, ResultSet, Statement } from "../driver/index.ts";
import { NoRowsError, TooManyRowsError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { Result, ResultSetRows, Row } from "./executor.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { AnyStatementOptions } from "./statement-options.ts";
import { validateRows } from "./validate-rows.ts";

/** The rows of a statement, as its caller wants them. */
export function allRows(
  context: DatabaseContext,
  result: ResultSet,
  statement: Statement,
  options: AnyStatementOptions,
): MaybePromise<unknown[]> {
  const { columns, rows } = firstRows(result);
  const mapper = context.mapper(columns);
  if (options.rowMode === "array") return mapper.toArrays(rows);
  const objects = mapper.toObjects(rows);
  const { schema } = options;
  return schema === undefined ? objects : checkedRows(context, objects, statement, schema);
}

/** The one row of a statement; `undefined` where there is none and none is needed. @throws TooManyRowsError, NoRowsError */
export function oneRow(
  context: DatabaseContext,
  result: ResultSet,
  statement: Statement,
  options: AnyStatementOptions,
  isNeeded = false,
): MaybePromise<unknown> {
  const { columns, rows } = firstRows(result);
  const values = atMostOne(context, rows, statement);
  if (values === undefined && isNeeded) throw noRows(context, statement);
  if (values === undefined) return undefined;
  const row = context.mapper(columns).toObject(values);
  const { schema } = options;
  return schema === undefined ? row : checkedRows(context, [row], statement, schema).then(([checked]) => checked);
}

/** The first column of the one row of a statement. @throws NoRowsError, TooManyRowsError */
export function oneValue(context: DatabaseContext, result: ResultSet, statement: Statement): unknown {
  const { columns, rows } = firstRows(result);
  const values = atMostOne(context, rows, statement);
  if (values === undefined) throw noRows(context, statement);
  return context.mapper(columns).first(values);
}

/** Everything about the result of a statement. */
export function wholeResult(
  context: DatabaseContext,
  result: ResultSet,
  statement: Statement,
  options: AnyStatementOptions,
): MaybePromise<Result<unknown>> {
  const set = rowsOf(context, result);
  const resultSets = [set];
  const key = result.generatedKey === undefined ? undefined : { generatedKey: result.generatedKey };
  for (let next = result.next; next !== undefined; next = next.next) resultSets.push(rowsOf(context, next));
  const { rowCount, columns } = set;
  const all = (rows: unknown[]): Result<unknown> => ({ rows, rowCount, columns, resultSets, ...key });
  if (options.rowMode === "array") return all(context.mapper(columns).toArrays(result.rows));
  const { schema } = options;
  return schema === undefined ? all(set.rows) : checkedRows(context, set.rows, statement, schema).then(all);
}

/** One result of a statement with its rows as objects. */
export function rowsOf(context: DatabaseContext, result: ResultSet): ResultSetRows {
  const { columns } = result;
  const rows = context.mapper(columns).toObjects(result.rows) as Row[];
  return { rows, rowCount: result.affected ?? rows.length, columns };
}

function noRows(context: DatabaseContext, statement: Statement): NoRowsError {
  const { database, engine } = context;
  const message = `${nameOf(context)}: no row came where exactly one was asked for`;
  return new NoRowsError(message, { database, engine, statement: statement.text });
}

/**
 * The first result that has columns, for callers that ask for rows: of `insert ...; select ...` the SELECT's. The first result of all where none has
 * columns.
 */
function firstRows(result: ResultSet): ResultSet {
  for (let set: ResultSet | undefined = result; set !== undefined; set = set.next) {
    if (set.columns.length > 0) return set;
  }
  return result;
}

function atMostOne(
  context: DatabaseContext,
  rows: ResultSet["rows"],
  statement: Statement,
): ResultSet["rows"][number] | undefined {
  if (rows.length <= 1) return rows[0];
  const { database, engine } = context;
  const message = `${nameOf(context)}: ${rows.length} rows came where at most one was asked for`;
  throw new TooManyRowsError(message, { database, engine, statement: statement.text });
}

/** Rows through the schema of their statement. */
function checkedRows(
  { database, engine }: DatabaseContext,
  rows: unknown[],
  { text }: Statement,
  schema: StandardSchema<unknown>,
): Promise<unknown[]> {
  return validateRows(rows, schema, { database, engine, statement: text });
}
