import type { DialectFacts } from "../driver/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import type { ExtraColumn, Write } from "./returning.ts";
import type { TableAccess } from "./table-access.ts";
import { type AnyEntity, insertWrite } from "./writes.ts";

/** An entity, and the columns by which it may be there already. */
export interface Conflict {
  readonly access: TableAccess;
  readonly entity: AnyEntity;
  readonly conflict: readonly string[];
  /** What the entity writes. */
  readonly properties: readonly string[];
}

/** A write with a column that tells an insert from an update. */
export interface MarkedWrite {
  readonly write: Write;
  readonly extra: ExtraColumn;
}

const marker = "mdb_inserted";

/** `insert ... on conflict (...) do update`. @param inserted - what tells that the row was inserted */
export function onConflictUpdate(upsert: Conflict, dialect: DialectFacts, inserted: string): MarkedWrite {
  const { write, target } = insertOnConflict(upsert, dialect);
  const tail = sql`${write.tail} on conflict (${target}) do update set ${fromExcluded(upsert)}`;
  return { write: { ...write, tail }, extra: { name: marker, expression: inserted, sample: "" } };
}

/** `insert ... on conflict (...) do nothing`. */
export function onConflictNothing(upsert: Conflict, dialect: DialectFacts): Write {
  const { write, target } = insertOnConflict(upsert, dialect);
  const found = conflictCondition(upsert, dialect);
  return { ...write, tail: sql`${write.tail} on conflict (${target}) do nothing`, find: () => () => found };
}

/** What an update changes: neither what the row is looked for by, nor its key, by which others know it. */
export function changedProperties({ access: { spec }, conflict, properties }: Conflict): string[] {
  return properties.filter((it) => !conflict.includes(it) && !spec.key.includes(it as never));
}

/** What finds the entity's row. */
export function conflictCondition({ access: { columns }, conflict, entity }: Conflict, dialect: DialectFacts): Sql {
  return sql.and(conflict.map((it) => columns.compared(it, "=", entity[it], dialect)));
}

function insertOnConflict({ access, entity, conflict, properties }: Conflict, dialect: DialectFacts) {
  const write = insertWrite(access.spec, access.columns, properties, [entity], dialect);
  return { write, target: access.columns.list(conflict) };
}

/** Every written column takes the new value; with nothing else to write, the key takes its own, so that the row comes back. */
function fromExcluded(upsert: Conflict): Sql {
  const { conflict } = upsert;
  const { spec, columns } = upsert.access;
  const version = spec.versionColumn;
  const changed = changedProperties(upsert);
  const parts = (changed.length > 0 ? changed : conflict).map((property) => {
    const column = columns.of(property);
    return sql`${column} = excluded.${column}`;
  });
  if (version !== undefined) parts.push(sql`${columns.of(version)} = ${columns.table}.${columns.of(version)} + 1`);
  return sql.join(parts);
}

/**
 * `merge`; `undefined` where there is nothing to update. @param inserted - as in {@link onConflictUpdate}. HOLDLOCK keeps the range of the key locked between looking and inserting, without
 * which two merges of one key collide; with UPDLOCK they wait for each other at once instead of sharing a lock that neither can raise.
 * https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql
 */
export function mergeWrite(upsert: Conflict, dialect: DialectFacts, inserted: string): MarkedWrite | undefined {
  const { access, entity, conflict, properties } = upsert;
  const { spec, columns } = access;
  const version = spec.versionColumn;
  const set = changedProperties(upsert).map((it) => sql`${columns.of(it)} = source.${columns.of(it)}`);
  if (version !== undefined) set.push(sql`${columns.of(version)} = target.${columns.of(version)} + 1`);
  if (set.length === 0) return undefined;
  const values = properties.map((it) => columns.stored(it, entity[it], dialect));
  const match = conflict.map((it) => sql`target.${columns.of(it)} = source.${columns.of(it)}`);
  const names = version === undefined ? properties : [...properties, version];
  const sources = properties.map((it) => sql`source.${columns.of(it)}`);
  const inserts = version === undefined ? sources : [...sources, sql`1`];
  const head = sql`merge into ${columns.table} with (updlock, holdlock) as target
using (${sql.values([values])}) as source (${columns.list(properties)}) on ${sql.and(match)}
when matched then update set ${sql.join(set)}
when not matched then insert (${columns.list(names)}) values (${sql.join(inserts)})`;
  const found = conflictCondition(upsert, dialect);
  const write = { verb: "insert", columns, head, tail: sql.empty, find: () => () => found } as const;
  return { write, extra: { name: marker, expression: inserted, sample: "1" } };
}
