import type { ResultSet } from "../driver/index.ts";
import type { ExecutorInternals, StatementOptions } from "../session/index.ts";
import { sql } from "../sql/index.ts";
import type { AnyTable, Columns } from "./columns.ts";
import { chunks } from "./in-list.ts";
import { writeReturning } from "./returning.ts";
import { type Kinds, kindsOf, merged } from "./value-kinds.ts";
import { type AnyEntity, insertWrite, writtenProperties } from "./writes.ts";

/** One result with the rows of consecutive entities, in their order. */
export interface InsertedRows {
  readonly result: ResultSet;
  /** For each row: which of the entities it is. */
  readonly indexes: readonly number[];
}

/**
 * Inserts many entities with as few statements as the engine's limits allow. Entities that leave out the same columns go together, so that
 * a default stays a default.
 */
export async function* insertAll(
  executor: ExecutorInternals,
  spec: AnyTable,
  columns: Columns,
  entities: readonly AnyEntity[],
  options: StatementOptions,
): AsyncGenerator<InsertedRows, void, undefined> {
  const { dialect } = executor.context;
  // SQL Server gives a column of VALUES one type for all rows: a number beside a longer one in digits would make it a float.
  const kinds = (entity: AnyEntity, properties: readonly string[]) =>
    dialect.returning === "output" ? kindsOf(properties.map((it) => columns.stored(it, entity[it], dialect))) : [];
  for (const { properties, indexes } of groupsOf(spec, entities, kinds)) {
    const width = properties.length + (spec.versionColumn === undefined ? 0 : 1);
    for (const part of chunks(indexes, rowsPerStatement(executor, width))) {
      const rows = part.map((index) => entities[index] as AnyEntity);
      if (part.length === 1 || dialect.returning !== "output") {
        const write = insertWrite(spec, columns, properties, rows, dialect);
        yield { result: await writeReturning(executor, write, options), indexes: part };
      } else yield mergeInOrder(executor, spec, columns, properties, rows, part, options);
    }
  }
}

interface Group {
  readonly properties: readonly string[];
  readonly indexes: number[];
  kinds: Kinds;
}

/**
 * Entities that name the same columns with values of the same kinds, wherever they stand; groups in the order of their first entity, so
 * that generated keys follow the order of the entities within each.
 */
function groupsOf(
  spec: AnyTable,
  entities: readonly AnyEntity[],
  kindsIn: (entity: AnyEntity, properties: readonly string[]) => Kinds,
): readonly Group[] {
  const groups: Group[] = [];
  const byShape = new Map<string, Group[]>();
  for (const [index, entity] of entities.entries()) {
    const properties = writtenProperties(spec, entity).sort();
    const shape = JSON.stringify(properties);
    const kinds = kindsIn(entity, properties);
    const alike = byShape.get(shape) ?? [];
    byShape.set(shape, alike);
    if (alike.some((group) => joins(group, kinds, index))) continue;
    const group = { properties, kinds, indexes: [index] };
    alike.push(group);
    groups.push(group);
  }
  return groups;
}

/** Takes an entity into a group, if its values are of the same kinds. */
function joins(group: Group, kinds: Kinds, index: number): boolean {
  const together = merged(group.kinds, kinds);
  if (together === undefined) return false;
  group.kinds = together;
  group.indexes.push(index);
  return true;
}

function rowsPerStatement({ context: { dialect } }: ExecutorInternals, width: number): number {
  // Oracle gives one row back at a time, and rows of nothing but defaults have no list form.
  if (width === 0 || dialect.returning === "returning-into") return 1;
  return Math.max(1, Math.min(dialect.maxRowsPerValues, Math.floor(dialect.maxParameters / (width + 1))));
}

/**
 * SQL Server gives the rows of an OUTPUT clause in any order, so each carries the number of its entity, which only MERGE can pass through.
 * https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql
 */
async function mergeInOrder(
  executor: ExecutorInternals,
  spec: AnyTable,
  columns: Columns,
  properties: readonly string[],
  rows: readonly AnyEntity[],
  indexes: readonly number[],
  options: StatementOptions,
): Promise<InsertedRows> {
  const { dialect } = executor.context;
  const version = spec.versionColumn;
  const names = version === undefined ? properties : [...properties, version];
  const values = rows.map((entity, at) => [at, ...properties.map((it) => columns.stored(it, entity[it], dialect))]);
  const sources = properties.map((it) => sql`source.${columns.of(it)}`);
  const head = sql`merge into ${columns.table} as target
using (${sql.values(values)}) as source (mdb_ordinal, ${columns.list(properties)}) on 1 = 0
when not matched then insert (${columns.list(names)}) values (${sql.join(version === undefined ? sources : [...sources, sql`1`])})`;
  const extra = { name: "mdb_ordinal", expression: "source.mdb_ordinal", sample: "0" };
  const result = await writeReturning(executor, { table: columns.table, head, tail: sql.empty }, options, extra);
  const at = result.columns.findIndex(({ name }) => name === extra.name);
  return {
    result: {
      ...result,
      columns: result.columns.filter((_, index) => index !== at),
      rows: result.rows.map((row) => row.filter((_, index) => index !== at)),
    },
    indexes: result.rows.map((row) => indexes[Number(row[at])] as number),
  };
}
