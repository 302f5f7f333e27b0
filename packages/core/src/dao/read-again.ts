import type { ResultSet } from "../driver/index.ts";
import { NoRowsError, UnsupportedError } from "../errors/index.ts";
import { type ExecutorInternals, internalsOf, type StatementOptions } from "../session/index.ts";
import { compile, type Sql, type SqlValue, sql } from "../sql/index.ts";
import type { Columns } from "./columns.ts";
import { keyText } from "./keys.ts";

/**
 * Writes, then reads the rows by the keys that came back, in one transaction: for columns that the clause of a write cannot give. The rows
 * come as the write gave them, with its extra column.
 */
export function readAgain(
  executor: ExecutorInternals,
  columns: Columns,
  options: StatementOptions,
  write: (inner: ExecutorInternals) => Promise<ResultSet>,
): Promise<ResultSet> {
  const name = columns.table.parts.join(".");
  if (columns.key.length === 0)
    throw new UnsupportedError(`table ${name}: readBack() reads rows by the primary key, and there is none`);
  return executor.atomically(async (own) => {
    const inner = internalsOf(own) as ExecutorInternals;
    const written = await write(inner);
    if (written.rows.length === 0) return written;
    const { context } = inner;
    const { dialect } = context;
    const places = columns.key.map((property) => columns.indexIn(written.columns, property));
    const keys = written.rows.map((row) => places.map((at) => row[at] as SqlValue));
    const condition = sql.or(keys.map((key) => sameKey(key)));
    const select = sql`select ${columns.all(dialect)} from ${columns.table} where ${condition}`;
    const read = await inner.send(compile(select, undefined, context), options, { columns });
    const readPlaces = columns.key.map((property) => columns.indexIn(read.columns, property));
    const byKey = new Map(read.rows.map((row) => [keyText(readPlaces.map((at) => row[at])), row]));
    const rows = keys.map((key) => byKey.get(keyText(key)) ?? lost());
    return withExtra({ ...read, rows }, written, columns);

    function sameKey(key: readonly SqlValue[]): Sql {
      const parts = columns.key.map((property, at) => {
        const value = columns.asPlace(property, key[at] ?? null, dialect);
        return sql`${columns.of(property)} = ${value}`;
      });
      return parts.length === 1 ? (parts[0] as Sql) : sql.and(parts);
    }

    function lost(): never {
      const message = `${context.database} (${context.engine}): table ${name}: a row that was written was not found by its key; nothing is kept`;
      throw new NoRowsError(message, context);
    }
  }, true);
}

/** The columns of the write that are none of the table's stay beside the rows. */
function withExtra(read: ResultSet, written: ResultSet, columns: Columns): ResultSet {
  const extra = written.columns.flatMap((column, at) => (columns.isOwn(column) ? [] : [at]));
  if (extra.length === 0) return read;
  return {
    ...read,
    columns: [...read.columns, ...written.columns.filter((_, at) => extra.includes(at))],
    rows: read.rows.map((row, index) => [...row, ...extra.map((at) => written.rows[index]?.[at])]),
  };
}
