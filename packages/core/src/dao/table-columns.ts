import type { ColumnInfo, Statement } from "../driver/index.ts";
import type { DatabaseContext, ExecutorInternals, StatementOptions } from "../session/index.ts";
import { compile, type Identifier, sql } from "../sql/index.ts";

/** What is known of one table. */
interface Entry {
  /** The look-up that is under way, which is nobody's. */
  readonly asked: Promise<readonly ColumnInfo[] | undefined>;
  columns: readonly ColumnInfo[] | undefined;
}

const known = new WeakMap<object, Map<string, Entry>>();

/**
 * How long a look-up may take, in milliseconds. On a connection of its own it would wait for ever for a table that the caller's
 * transaction has just made or changed.
 */
const patienceMs = 1_000;

/** A table's columns, where they were asked for before. */
export function knownColumns(context: DatabaseContext, table: Identifier): readonly ColumnInfo[] | undefined {
  return known.get(context.identity)?.get(keyOf(table))?.columns;
}

/**
 * A table's columns and their types, asked for once for each database. The look-up is shared by everybody who needs it, and so runs
 * outside of any caller's transaction, signal and deadline; only where there is no connection for that, or where the table is not to be
 * seen from there, the caller asks by itself.
 */
export async function tableColumns(
  executor: ExecutorInternals,
  table: Identifier,
  options: StatementOptions,
): Promise<readonly ColumnInfo[]> {
  const { context } = executor;
  const tables = known.get(context.identity) ?? new Map<string, Entry>();
  known.set(context.identity, tables);
  const key = keyOf(table);
  let entry = tables.get(key);
  if (entry?.columns !== undefined) return entry.columns;
  const statement = compile(sql`select * from ${table} where 1 = 0`, undefined, context);
  if (entry === undefined) {
    entry = { asked: askApart(executor, statement), columns: undefined };
    tables.set(key, entry);
  }
  const columns = (await entry.asked) ?? (await executor.send(statement, options, "internal")).columns;
  entry.columns = columns;
  return columns;
}

/** Has the columns asked for anew by whoever needs them next. */
export function forgetColumns(context: DatabaseContext, table: Identifier): void {
  known.get(context.identity)?.delete(keyOf(table));
}

/** Asks on a connection that is idle; `undefined` where there is none, or it could not tell. */
async function askApart(executor: ExecutorInternals, statement: Statement): Promise<readonly ColumnInfo[] | undefined> {
  if (executor.context.pool.stats().idle === 0) return undefined;
  try {
    return (await executor.sendApart(statement, patienceMs)).columns;
  } catch {
    return undefined;
  }
}

function keyOf({ parts }: Identifier): string {
  return parts.join("\0");
}
