import type { ColumnInfo, ResultSet, Statement } from "../driver/index.ts";
import type { DatabaseContext, ExecutorInternals, StatementOptions } from "../session/index.ts";
import { compile, type Identifier, quoteIdentifier, type Sql, sql } from "../sql/index.ts";
import { type Find, readBack } from "./read-back.ts";
import { tableColumns } from "./table-columns.ts";

/** A statement that writes, in the two parts between which SQL Server wants its OUTPUT clause. */
export interface Write {
  /** Whose way of giving rows back counts. */
  readonly verb: "insert" | "update";
  readonly table: Identifier;
  /** `insert into t (a, b)`, `update t set a = 1` */
  readonly head: Sql;
  /** `values (1, 2)`, `where id = 1` */
  readonly tail: Sql;
  /** How the rows are found afterwards, where the verb gives none back. @throws UnsupportedError when they could not be */
  find(): Find;
}

/** One more column beside the table's own, computed where the row is written: `$action`, an ordinal. */
export interface ExtraColumn {
  readonly name: string;
  /** As the OUTPUT or RETURNING clause computes it. */
  readonly expression: string;
  /** A value of its type, for the table that catches the rows. */
  readonly sample: string;
}

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
export async function writeReturning(
  executor: ExecutorInternals,
  write: Write,
  options: StatementOptions,
  extra?: ExtraColumn,
): Promise<ResultSet> {
  const { context } = executor;
  switch (context.dialect.returning[write.verb]) {
    case "returning":
      return executor.send(compile(returning(write, extra), undefined, context), options);
    case "output":
      return withRows(await sendKnowing(executor, write, options, (columns) => output(write, columns, extra, context)));
    case "returning-into":
      return sendKnowing(executor, write, options, (columns) => returningInto(write, columns, context));
    case "none":
      return readBack(executor, write, options);
  }
}

function returning({ head, tail }: Write, extra: ExtraColumn | undefined): Sql {
  const more = extra === undefined ? sql.empty : sql.raw(`, ${extra.expression} as ${extra.name}`);
  return sql`${head} ${tail} returning *${more}`;
}

/** Sends what is made with the table's columns; when one of them is no longer there, they are asked for anew the next time. */
async function sendKnowing(
  executor: ExecutorInternals,
  { table }: Write,
  options: StatementOptions,
  make: (columns: readonly ColumnInfo[]) => Statement,
): Promise<ResultSet> {
  return executor.send(make(await tableColumns(executor, table, options)), options);
}

/**
 * SQL Server refuses OUTPUT without INTO on a table with triggers, so the rows go through a temporary table. UNION ALL keeps SELECT INTO
 * from copying the identity property; a rowversion would be copied as one, which takes no values, and so becomes the bytes that it is.
 * Columns are named, because `inserted.*` has hidden ones that `*` leaves out. The table ends with the batch: `sp_executesql` is a scope
 * of its own. https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql
 */
function output(
  { table, head, tail }: Write,
  columns: readonly ColumnInfo[],
  extra: ExtraColumn | undefined,
  context: DatabaseContext,
): Statement {
  const names = columns.map(({ name }) => quoteIdentifier([name], context.dialect));
  const samples = names.map((name, index) =>
    columns[index]?.databaseType === "rowversion" ? `convert(binary(8), ${name}) as ${name}` : name,
  );
  const values = names.map((name) => `inserted.${name}`);
  if (extra !== undefined) {
    samples.push(`${extra.sample} as ${extra.name}`);
    values.push(extra.expression);
  }
  const caught = (none: Sql) => {
    const sample = sql`select top ${none} ${sql.raw(samples.join(", "))}`;
    return sql`${sample} into #mdb_rows from ${table}
union all ${sample} from ${table};
${head}
output ${sql.raw(values.join(", "))} into #mdb_rows${tail === sql.empty ? tail : sql`\n${tail}`};
select * from #mdb_rows;`;
  };
  const statement = compile(caught(sql`0`), undefined, context);
  if (statement.values.length > 0) return statement;
  // Without parameters it would be a batch of the session's own scope, in which the table stays behind.
  return compile(caught(sql`(${0})`), undefined, context);
}

/** The result that has columns, among those of the batch's other statements. */
function withRows(first: ResultSet): ResultSet {
  for (let set: ResultSet | undefined = first; set !== undefined; set = set.next)
    if (set.columns.length > 0) return set;
  return first;
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
