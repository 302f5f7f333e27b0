import type { ColumnInfo } from "../driver/index.ts";
import type { ExecutorInternals, StatementOptions } from "../session/index.ts";
import { compile, type Identifier, sql } from "../sql/index.ts";

const known = new WeakMap<object, Map<string, Promise<readonly ColumnInfo[]>>>();

/**
 * A table's columns and their types, asked for once for each database: Oracle wants out binds declared before anything comes back, SQL
 * Server a table that catches the rows.
 */
export function tableColumns(
  executor: ExecutorInternals,
  table: Identifier,
  options: StatementOptions,
): Promise<readonly ColumnInfo[]> {
  const { context } = executor;
  const tables = known.get(context.identity) ?? new Map<string, Promise<readonly ColumnInfo[]>>();
  known.set(context.identity, tables);
  const key = keyOf(table);
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

/** Has the columns asked for anew by whoever needs them next. */
export function forgetColumns({ context }: ExecutorInternals, table: Identifier): void {
  known.get(context.identity)?.delete(keyOf(table));
}

function keyOf({ parts }: Identifier): string {
  return parts.join("\0");
}
