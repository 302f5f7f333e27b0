import type { DialectFacts } from "../driver/index.ts";
import { NoRowsError, UnsupportedError } from "../errors/index.ts";
import { isSql, type Sql, type SqlValue, sql } from "../sql/index.ts";
import type { AnyTable, Columns } from "./columns.ts";
import type { Find } from "./read-back.ts";

/** Whether all of a new row's key is known before it is inserted. */
export function namesKey(spec: AnyTable, entity: Readonly<Record<string, unknown>>): boolean {
  const key: readonly string[] = spec.key;
  return key.length > 0 && key.every((it) => entity[it] !== undefined && !isSql(entity[it]));
}

/**
 * How inserted rows are found where INSERT gives nothing back: by the key that they name, or the one that the engine made.
 * @throws UnsupportedError when the key is neither
 */
export function findInserted(
  spec: AnyTable,
  columns: Columns,
  entities: readonly Readonly<Record<string, unknown>>[],
  dialect: DialectFacts,
): Find {
  const key: readonly string[] = spec.key;
  const unnamed = key.filter((it) => entities.some((entity) => entity[it] === undefined));
  const isMade = unnamed.length === 1 && entities.length === 1;
  if (key.length === 0 || (unnamed.length > 0 && !isMade) || entities.some((it) => hasFragment(key, it))) {
    throw new UnsupportedError(
      `table ${spec.name.join(".")}: this engine gives no rows back from an INSERT, and a row is found only by a primary key that the entity names as values, or of which the engine makes one column; name the key, or use bulkInsert`,
    );
  }
  return (generatedKey) => {
    if (isMade && generatedKey === undefined) {
      const message = `table ${spec.name.join(".")}: the engine did not say which key it made for ${unnamed[0]}; name it; nothing is kept`;
      throw new NoRowsError(message);
    }
    const [only, ...more] = key as readonly [string, ...string[]];
    if (more.length === 0 && !isMade) {
      return columns.listed(
        only,
        "in",
        entities.map((entity) => entity[only]),
        dialect,
      );
    }
    return sql.or(entities.map((entity) => sql.and(key.map((it) => part(it, entity[it], generatedKey as SqlValue)))));
  };

  function part(property: string, value: unknown, made: SqlValue): Sql {
    if (value !== undefined) return columns.compared(property, "=", value, dialect);
    return sql`${columns.of(property)} = ${columns.asPlace(property, made, dialect)}`;
  }
}

function hasFragment(key: readonly string[], entity: Readonly<Record<string, unknown>>): boolean {
  return key.some((it) => isSql(entity[it]));
}
