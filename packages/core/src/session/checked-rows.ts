import type { ResultSet, Statement } from "../driver/index.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Result } from "./executor.ts";
import { rowsOf } from "./result-rows.ts";
import type { AnyStatementOptions } from "./statement-options.ts";
import { validateRows } from "./validate-rows.ts";

/** The rows of a statement, through its schema where it has one. */
export async function checkedRows(
  { database, engine }: DatabaseContext,
  rows: unknown[],
  { text }: Statement,
  { schema }: AnyStatementOptions,
): Promise<unknown[]> {
  return schema === undefined ? rows : validateRows(rows, schema, { database, engine, statement: text });
}

/** The one row of a statement, through its schema. */
export async function checkedRow(
  context: DatabaseContext,
  row: object,
  statement: Statement,
  options: AnyStatementOptions,
): Promise<unknown> {
  return (await checkedRows(context, [row], statement, options))[0];
}

/** Everything about the result of a statement. */
export async function wholeResult(
  context: DatabaseContext,
  result: ResultSet,
  statement: Statement,
  options: AnyStatementOptions,
): Promise<Result<unknown>> {
  const set = rowsOf(context, result);
  const resultSets = [set];
  const key = result.generatedKey === undefined ? undefined : { generatedKey: result.generatedKey };
  for (let next = result.next; next !== undefined; next = next.next) resultSets.push(rowsOf(context, next));
  const { rowCount, columns } = set;
  if (options.rowMode === "array") {
    return { rows: context.mapper(columns).toArrays(result.rows), rowCount, columns, resultSets, ...key };
  }
  const rows = await checkedRows(context, set.rows, statement, options);
  return { rows, rowCount, columns, resultSets, ...key };
}
