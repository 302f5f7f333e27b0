import type { ResultSet } from "../driver/index.ts";
import type { ExecutorInternals, StatementOptions } from "../session/index.ts";
import { sql } from "../sql/index.ts";
import type { AnyTable } from "./columns.ts";
import { rowsOfKeys } from "./find-by-keys.ts";
import { chunks } from "./in-list.ts";
import { unlessMergeIsRefused } from "./merge.ts";
import { withoutExtra, writeReturning } from "./returning.ts";
import type { TableAccess } from "./table-access.ts";
import { type Kinds, kindsOf, merged } from "./value-kinds.ts";
import { type AnyEntity, insertWrite, writtenProperties } from "./writes.ts";
import { findInserted, namesKey } from "./written-rows.ts";

/** The rows of some of the entities, as the database has them. */
export interface InsertedRows {
  readonly rows: readonly Record<string, unknown>[];
  /** For each row: which of the entities it is. */
  readonly indexes: readonly number[];
}

/**
 * Inserts many entities with as few statements as the engine's limits allow. Entities that leave out the same columns go together, so that
 * a default stays a default.
 */
export async function* insertAll(
  access: TableAccess,
  executor: ExecutorInternals,
  entities: readonly AnyEntity[],
  options: StatementOptions,
): AsyncGenerator<InsertedRows, void, undefined> {
  const { spec, columns } = access;
  const { context } = executor;
  const { dialect } = context;
  // Where parameters have types, a column of VALUES has one for all rows: a number beside a longer one in digits would make it a float.
  const kinds = (entity: AnyEntity, properties: readonly string[]) =>
    dialect.typedParameters === true && dialect.maxRowsPerValues > 1
      ? kindsOf(properties.map((it) => columns.stored(it, entity[it], dialect)))
      : [];
  for (const { properties, indexes } of groupsOf(spec, entities, kinds)) {
    const first = entities[indexes[0] as number] as AnyEntity;
    const insert = async (part: readonly number[]): Promise<InsertedRows> => {
      const rows = part.map((index) => entities[index] as AnyEntity);
      const result = await writeReturning(executor, insertWrite(spec, columns, properties, rows, dialect), options);
      const inserted =
        part.length > 1 && dialect.returning.insert === "none"
          ? await inOrder(access, executor, rows, result, options)
          : await access.entities.of(context, result);
      return { rows: inserted, indexes: part };
    };
    for (const part of chunks(indexes, rowsPerStatement(executor, spec, properties, first))) {
      if (part.length === 1 || dialect.returning.insert !== "output") {
        yield await insert(part);
        continue;
      }
      const rows = part.map((index) => entities[index] as AnyEntity);
      const merge = async () => [await mergeInOrder(access, executor, properties, rows, part, options)];
      yield* await unlessMergeIsRefused(context, merge, () => inTurn(part, (index) => insert([index])));
    }
  }
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Rows that were read by their keys, in the order of the entities. */
async function inOrder(
  access: TableAccess,
  executor: ExecutorInternals,
  entities: readonly AnyEntity[],
  result: ResultSet,
  options: StatementOptions,
): Promise<Record<string, unknown>[]> {
  const ask = async (key: unknown) => {
    const one = sql`select ${access.columns.all(executor.context.dialect)} from ${access.columns.table} where ${access.byKey(key)}`;
    return (await access.entities.of(executor.context, await access.send(one, options, executor)))[0];
  };
  const found = await rowsOfKeys(access, entities, result, ask);
  return found.map((row) => row ?? access.lost());
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

function rowsPerStatement(
  { context: { dialect } }: ExecutorInternals,
  spec: AnyTable,
  properties: readonly string[],
  first: AnyEntity,
): number {
  const width = properties.length + (spec.versionColumn === undefined ? 0 : 1);
  const { insert } = dialect.returning;
  // Rows of nothing but defaults have no list form.
  if (width === 0 || insert === "returning-into" || (insert === "none" && !namesKey(spec, first))) return 1;
  const most = Math.min(dialect.maxRowsPerValues, Math.floor(dialect.maxParameters / (width + 1)));
  return Math.max(1, insert === "none" ? Math.min(most, dialect.maxInList) : most);
}

/**
 * SQL Server gives the rows of an OUTPUT clause in any order, so each carries the number of its entity, which only MERGE can pass through.
 * https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql
 */
async function mergeInOrder(
  { spec, columns, entities }: TableAccess,
  executor: ExecutorInternals,
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
  const find = () => findInserted(spec, columns, rows, dialect);
  const write = { verb: "insert", columns, head, tail: sql.empty, find } as const;
  const { result, values: ordinals } = withoutExtra(await writeReturning(executor, write, options, extra), extra);
  return {
    rows: await entities.of(executor.context, result),
    indexes: ordinals.map((ordinal) => indexes[Number(ordinal)] as number),
  };
}
