import type { ResultSet, Statement } from "../driver/index.ts";
import { NoRowsError, TooManyRowsError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { ResultSetRows, Row } from "./executor.ts";

/** One result of a statement with its rows as objects. */
export function rowsOf(context: DatabaseContext, result: ResultSet): ResultSetRows {
  const { columns } = result;
  const rows = context.mapper(columns).toObjects(result.rows) as Row[];
  return { rows, rowCount: result.affected ?? rows.length, columns };
}

/** The one row of a result as an object; `undefined` where there is none. @throws TooManyRowsError */
export function oneObject(context: DatabaseContext, result: ResultSet, statement: Statement): object | undefined {
  const values = atMostOne(context, result, statement);
  return values === undefined ? undefined : context.mapper(result.columns).toObject(values);
}

/** The one row of a result; `undefined` where there is none. @throws TooManyRowsError */
export function atMostOne(context: DatabaseContext, { rows }: ResultSet, statement: Statement): unknown[] | undefined {
  if (rows.length <= 1) return rows[0];
  const { database, engine } = context;
  const message = `${nameOf(context)}: ${rows.length} rows came where at most one was asked for`;
  throw new TooManyRowsError(message, { database, engine, statement: statement.text });
}

/** The error where exactly one row was asked for and none came. */
export function noRows(context: DatabaseContext, statement: Statement): NoRowsError {
  const { database, engine } = context;
  const message = `${nameOf(context)}: no row came where exactly one was asked for`;
  return new NoRowsError(message, { database, engine, statement: statement.text });
}
