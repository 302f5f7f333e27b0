import { type Database, type Executor, UndefinedObjectError, UniqueViolationError } from "@nsj/mdb-core";

/** The statements that make one table. */
export interface TableDdl {
  readonly table: string;
  /** That of the table, and those of its indexes. */
  readonly statements: readonly string[];
  /** Rows that it has from the beginning, numbered from 0 on. */
  readonly rows?: { readonly key: string; readonly count: number; readonly insert: (number: number) => string };
}

/** All of them, in their order. */
export function statementsOf(database: Database, tables: readonly TableDdl[]): readonly string[] {
  return tables.flatMap((it) => [
    ...creating(database, it),
    ...Array.from({ length: it.rows?.count ?? 0 }, (_, number) => it.rows?.insert(number) ?? ""),
  ]);
}

function creating({ dialect }: Database, { statements }: TableDdl): readonly string[] {
  const [table = "", ...indexes] = statements;
  const end = dialect.columnTypes?.afterColumns;
  return [end === undefined ? table : `${table} ${end}`, ...indexes];
}

/** Creates what is missing of these: several processes may do so at once, and what one has left undone is done by the next. */
export async function createMissing(database: Database, tables: readonly TableDdl[]): Promise<void> {
  for (const it of tables) {
    if (!(await isThere(database, it.table))) await create(database, it);
    await insertMissing(database, it);
  }
}

async function create(database: Database, ddl: TableDdl): Promise<void> {
  const { table } = ddl;
  const run = async (executor: Executor): Promise<void> => {
    for (const text of creating(database, ddl)) await executor.execute(text);
  };
  try {
    // With its indexes or not at all, where the engine can do that.
    await (database.dialect.transactionalDdl ? database.transaction(run) : run(database));
  } catch (error) {
    // Somebody else was quicker.
    if (!(await isThere(database, table))) throw error;
  }
}

async function insertMissing(database: Database, { table, rows }: TableDdl): Promise<void> {
  if (rows === undefined) return;
  const { key, count, insert } = rows;
  const found = await database.query(`select ${key} from ${table} where ${key} < ${count}`, [], { rowMode: "array" });
  const known = new Set(found.map(([number]) => Number(number)));
  for (let number = 0; number < count; number++) {
    if (known.has(number)) continue;
    try {
      await database.execute(insert(number));
    } catch (error) {
      if (!(error instanceof UniqueViolationError)) throw error;
    }
  }
}

async function isThere(database: Database, table: string): Promise<boolean> {
  try {
    await database.query(`select 1 as one from ${table} where 1 = 0`);
    return true;
  } catch (error) {
    if (error instanceof UndefinedObjectError) return false;
    throw error;
  }
}
