import type { ResultSet } from "../driver/index.ts";
import { NoRowsError } from "../errors/index.ts";
import { type Executor, type ExecutorInternals, internalsOf, type StatementOptions } from "../session/index.ts";
import { compile, type Sql, sql } from "../sql/index.ts";
import type { Find, Write } from "./write-parts.ts";

/** Writes, then reads the rows, in one transaction: where a verb gives nothing back. */
export function readBack(executor: ExecutorInternals, write: Write, options: StatementOptions): Promise<ResultSet> {
  const find = write.find();
  return executor.atomically((own) => writeAndRead(own, write, find, options), true);
}

async function writeAndRead(own: Executor, write: Write, find: Find, options: StatementOptions): Promise<ResultSet> {
  const inner = internalsOf(own) as ExecutorInternals;
  const { context } = inner;
  const written = await inner.send(compile(sql`${write.head} ${write.tail}`, undefined, context), options, write);
  if (written.affected === 0) return written;
  const { table } = write.columns;
  const rows = sql`select ${write.columns.all(context.dialect)} from ${table} where ${find(written.generatedKey)}`;
  const read = compile(lockingRead(rows, inner), undefined, context);
  const result = await inner.send(read, options, { columns: write.columns });
  if (result.rows.length === written.affected) return result;
  const place = `${context.database} (${context.engine}): table ${table.parts.join(".")}`;
  const counts = `${written.affected ?? "an unknown number of"} rows were written, ${result.rows.length} were found afterwards`;
  throw new NoRowsError(`${place}: ${counts}, because a key is stored as another value; nothing is kept`, context);
}

/**
 * A read of what this transaction has written. Under a snapshot, a row that an update found and had nothing to change in is seen as it was
 * when the transaction began. https://dev.mysql.com/doc/refman/8.4/en/innodb-consistent-read.html
 */
export function lockingRead(select: Sql, { context }: ExecutorInternals): Sql {
  const { lockingRead: end } = context.dialect;
  return end === undefined ? select : sql`${select} ${sql.raw(end)}`;
}
