import type { ColumnInfo, ResultSet, Statement } from "../driver/index.ts";
import type { DatabaseContext, ExecutorInternals, StatementOptions } from "../session/index.ts";
import { compile, quoteIdentifier, type Sql, sql } from "../sql/index.ts";
import { sendOutput } from "./output.ts";
import { readAgain } from "./read-again.ts";
import { readBack } from "./read-back.ts";
import { tableColumns } from "./table-columns.ts";
import type { ExtraColumn, Write } from "./write-parts.ts";

/** A result without the extra column, whose values come apart. */
export function withoutExtra(
  { columns, rows, affected }: ResultSet,
  { name }: ExtraColumn,
): { readonly result: ResultSet; readonly values: readonly unknown[] } {
  const at = columns.findIndex((column) => column.name === name);
  const result = {
    columns: columns.filter((_, index) => index !== at),
    rows: rows.map((row) => row.filter((_, index) => index !== at)),
    affected,
  };
  return { result, values: rows.map((row) => row[at]) };
}

/**
 * Runs a write and gives the rows as the database has them afterwards, generated keys and defaults included: in the same statement where the
 * verb can, else in the same transaction.
 */
export function writeReturning(
  executor: ExecutorInternals,
  write: Write,
  options: StatementOptions,
  extra?: ExtraColumn,
): Promise<ResultSet> {
  const verb = executor.context.dialect.returning[write.verb];
  if (verb === "none") return readBack(executor, write, options);
  if (!write.columns.readsBack) return writeOnce(executor, write, options, extra);
  return readAgain(executor, write.columns, options, (inner) => writeOnce(inner, write, options, extra));
}

/** In one statement. */
async function writeOnce(
  executor: ExecutorInternals,
  write: Write,
  options: StatementOptions,
  extra: ExtraColumn | undefined,
): Promise<ResultSet> {
  const { context } = executor;
  const { columns } = write;
  const verb = context.dialect.returning[write.verb];
  if (verb === "returning")
    return executor.send(compile(returning(write, extra, context), undefined, context), options, write);
  const given = columns.returnable(await tableColumns(executor, columns.table, options));
  if (verb === "output") return sendOutput(executor, write, given, options, extra);
  return executor.send(returningInto(write, given, context), options, write);
}

function returning({ head, tail, columns }: Write, extra: ExtraColumn | undefined, { dialect }: DatabaseContext): Sql {
  if (extra === undefined && columns.areAll && !columns.readsBack) return sql`${head} ${tail} returning *`;
  const more = extra === undefined ? sql.empty : sql.raw(`, ${extra.expression} as ${extra.name}`);
  return sql`${head} ${tail} returning ${columns.returned(dialect)}${more}`;
}

function returningInto(write: Write, columns: readonly ColumnInfo[], context: DatabaseContext): Statement {
  const statement = compile(sql`${write.head} ${write.tail}`, undefined, context);
  const names = columns.map(({ name }) => quoteIdentifier([name], context.dialect));
  const places = columns.map((_, index) => `:${statement.values.length + index + 1}`);
  return {
    ...statement,
    text: `${statement.text} returning ${names.join(", ")} into ${places.join(", ")}`,
    returning: columns,
  };
}
