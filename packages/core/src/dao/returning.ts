import type { ColumnInfo, ResultSet, Statement } from "../driver/index.ts";
import { UnsupportedError } from "../errors/index.ts";
import type { ExecutorInternals, StatementOptions } from "../session/index.ts";
import { compile, type Identifier, quoteIdentifier, type Sql, sql } from "../sql/index.ts";

/** A statement that writes, in the two parts between which SQL Server wants its OUTPUT clause. */
export interface Write {
  readonly table: Identifier;
  /** `insert into t (a, b)`, `update t set a = 1` */
  readonly head: Sql;
  /** `values (1, 2)`, `where id = 1` */
  readonly tail: Sql;
}

/** One more column beside the table's own, computed where the row is written: `$action`, an ordinal. */
export interface ExtraColumn {
  readonly name: string;
  /** As the OUTPUT or RETURNING clause computes it. */
  readonly expression: string;
  /** A value of its type, for the table that catches the rows. */
  readonly sample: string;
}

/**
 * Runs a write and gives the rows as the database has them afterwards, generated keys and defaults included, in the same statement.
 * @throws UnsupportedError when the engine cannot give rows back
 */
export async function writeReturning(
  executor: ExecutorInternals,
  write: Write,
  options: StatementOptions,
  extra?: ExtraColumn,
): Promise<ResultSet> {
  const { context } = executor;
  switch (context.dialect.returning) {
    case "returning":
      return executor.send(compile(returning(write, extra), undefined, context), options);
    case "output":
      return withRows(await executor.send(compile(output(write, extra), undefined, context), options));
    case "returning-into":
      return executor.send(await returningInto(executor, write, options), options);
    case "none":
      throw new UnsupportedError(
        `${context.database} (${context.engine}): the engine gives no rows back from a write`,
        context,
      );
  }
}

function returning({ head, tail }: Write, extra: ExtraColumn | undefined): Sql {
  const more = extra === undefined ? sql.empty : sql.raw(`, ${extra.expression} as ${extra.name}`);
  return sql`${head} ${tail} returning *${more}`;
}

/**
 * SQL Server refuses OUTPUT without INTO on a table with triggers, so the rows go through a temporary table. UNION ALL keeps SELECT INTO
 * from copying the identity property. The table ends with the batch, because `sp_executesql` is a scope of its own.
 * https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql
 */
function output({ table, head, tail }: Write, extra: ExtraColumn | undefined): Sql {
  const sample = extra === undefined ? sql.empty : sql.raw(`, ${extra.sample} as ${extra.name}`);
  const value = extra === undefined ? sql.empty : sql.raw(`, ${extra.expression}`);
  return sql`select top 0 *${sample} into #mdb_rows from ${table} union all select top 0 *${sample} from ${table};
${head} output inserted.*${value} into #mdb_rows ${tail};
select * from #mdb_rows;`;
}

/** The result that has columns, among those of the batch's other statements. */
function withRows(first: ResultSet): ResultSet {
  for (let set: ResultSet | undefined = first; set !== undefined; set = set.next)
    if (set.columns.length > 0) return set;
  return first;
}

async function returningInto(executor: ExecutorInternals, write: Write, options: StatementOptions): Promise<Statement> {
  const { context } = executor;
  const columns = await columnsOf(executor, write.table, options);
  const statement = compile(sql`${write.head} ${write.tail}`, undefined, context);
  const names = columns.map(({ name }) => quoteIdentifier([name], context.dialect));
  const places = columns.map((_, index) => `:${statement.values.length + index + 1}`);
  return {
    ...statement,
    text: `${statement.text} returning ${names.join(", ")} into ${places.join(", ")}`,
    returning: columns,
  };
}

const known = new WeakMap<object, Map<string, Promise<readonly ColumnInfo[]>>>();

/** A table's columns and their types, asked for once: out binds have to be declared before anything comes back. */
function columnsOf(
  executor: ExecutorInternals,
  table: Identifier,
  options: StatementOptions,
): Promise<readonly ColumnInfo[]> {
  const { context } = executor;
  const tables = known.get(context.identity) ?? new Map<string, Promise<readonly ColumnInfo[]>>();
  known.set(context.identity, tables);
  const key = table.parts.join("\0");
  const found = tables.get(key);
  if (found !== undefined) return found;
  const ask = async (): Promise<readonly ColumnInfo[]> => {
    const { columns } = await executor.send(
      compile(sql`select * from ${table} where 1 = 0`, undefined, context),
      options,
    );
    return columns;
  };
  const asked = ask();
  tables.set(key, asked);
  asked.catch(() => tables.delete(key));
  return asked;
}
