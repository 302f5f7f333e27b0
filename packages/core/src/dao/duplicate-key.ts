import type { DialectFacts } from "../driver/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import type { ExtraColumn } from "./returning.ts";
import { type Conflict, changedProperties, conflictCondition } from "./upsert-writes.ts";
import { insertWrite } from "./writes.ts";

/** What an upsert met, as {@link DuplicateKeyWrite.extra} tells. */
export const outcomes = Object.freeze({ inserted: 0, updated: 1, another: 2 });

/** An upsert in two statements of one transaction. */
export interface DuplicateKeyWrite {
  readonly write: Sql;
  /** Reads the entity's row, and the outcome; no row at all where another one was met. */
  readonly read: Sql;
  readonly extra: ExtraColumn;
}

/** Behind every key that a table counts up to; minus the number of an upsert it is a mark that nobody else leaves. */
const top = sql.raw("18446744073709551615");
let marks = Math.floor(Math.random() * 2 ** 46);

/**
 * `insert ... on duplicate key update`, which takes the first unique key that matches, whatever it is. So each column is changed only where
 * the conflict columns are the same. Counts cannot tell an insert from an update that changes nothing, therefore the update leaves a number
 * behind for `last_insert_id()`, an idiom of the manual. Assignments run from left to right; none changes a conflict column.
 * https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html, https://mariadb.com/kb/en/last_insert_id/
 */
export function duplicateKeyWrite(upsert: Conflict, dialect: DialectFacts): DuplicateKeyWrite {
  const { access, entity, conflict, properties } = upsert;
  const { spec, columns } = access;
  const updated = marks + 1;
  const another = marks + 2;
  marks = another;
  const matches = sql.and(conflict.map((it) => sql`${columns.table}.${columns.of(it)} = values(${columns.of(it)})`));
  const ifMatching = (property: string, value: Sql): Sql =>
    sql`${columns.of(property)} = if(${matches}, ${value}, ${columns.table}.${columns.of(property)})`;
  const [first] = conflict as readonly [string, ...string[]];
  const own = sql`${columns.table}.${columns.of(first)}`;
  const mark = sql`last_insert_id(${top} - cast(if(${matches}, ${updated}, ${another}) as signed))`;
  const set = [sql`${columns.of(first)} = if(${mark} is null, ${own}, ${own})`];
  for (const property of changedProperties(upsert))
    set.push(ifMatching(property, sql`values(${columns.of(property)})`));
  const version = spec.versionColumn;
  if (version !== undefined) set.push(ifMatching(version, sql`${columns.table}.${columns.of(version)} + 1`));
  const { head, tail } = insertWrite(spec, columns, properties, [entity], dialect);
  const expression = "mdb_outcome";
  const outcome = sql`case ${top} - last_insert_id() when cast(${updated} as signed) then 1 when cast(${another} as signed) then 2 else 0 end`;
  return {
    write: sql`${head} ${tail} on duplicate key update ${sql.join(set)}`,
    read: sql`select ${columns.all(dialect, true)}, ${outcome} as ${sql.raw(expression)} from ${columns.table} where ${conflictCondition(upsert, dialect)}`,
    extra: { name: expression, expression, sample: "0" },
  };
}
