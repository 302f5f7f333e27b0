import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import type { AnyTable, Columns } from "./columns.ts";
import { expression } from "./expression.ts";
import type { Write } from "./returning.ts";
import { findInserted } from "./written-rows.ts";

/** An entity, or a part of one, whose types no longer matter. */
export type AnyEntity = Readonly<Record<string, unknown>>;

/** The properties of an entity that are to be written. A property that is `undefined` is left to the database. */
export function writtenProperties(spec: AnyTable, entity: AnyEntity, allowed: readonly string[] = []): string[] {
  if (typeof entity !== "object" || entity === null || Array.isArray(entity)) {
    throw new ParameterError(`${spec.name.join(".")}: an entity is an object`);
  }
  const properties = Object.keys(entity).filter((property) => entity[property] !== undefined);
  const generated = properties.filter((it) => includes(spec.generatedColumns, it) && !allowed.includes(it));
  if (generated.length > 0) {
    const message = `${spec.name.join(".")}: the database fills ${generated.join(", ")}; leave it out`;
    throw new ParameterError(message, { parameters: generated });
  }
  return properties;
}

/** One or more rows with the same properties. */
export function insertWrite(
  spec: AnyTable,
  columns: Columns,
  properties: readonly string[],
  entities: readonly AnyEntity[],
  dialect: DialectFacts,
): Write {
  const { table } = columns;
  const version = spec.versionColumn;
  const names = version === undefined ? properties : [...properties, version];
  const about = { verb: "insert", columns, find: () => findInserted(spec, columns, entities, dialect) } as const;
  if (names.length === 0) return { ...about, head: sql`insert into ${table}`, tail: defaults(spec, columns, dialect) };
  const head = sql`insert into ${table} (${columns.list(names)})`;
  const rows = entities.map((entity) => {
    const values = properties.map((property) => columns.stored(property, entity[property], dialect));
    return version === undefined ? values : [...values, 1];
  });
  return { ...about, head, tail: sql.values(rows) };
}

/** A row of which the database fills everything. */
function defaults(spec: AnyTable, columns: Columns, { emptyInsert = "default values" }: DialectFacts): Sql {
  const [column] = [...spec.generatedColumns, ...spec.key] as readonly string[];
  if (!emptyInsert.includes("$")) return sql.raw(emptyInsert);
  if (column !== undefined) return expression(emptyInsert, columns.of(column));
  throw new ParameterError(`${spec.name.join(".")}: an entity names at least one column here`);
}

/** `update t set ... where ...`; the version goes up with it. @param found - what still finds the rows afterwards */
export function updateWrite(
  spec: AnyTable,
  columns: Columns,
  changes: AnyEntity,
  condition: Sql,
  dialect: DialectFacts,
  found: Sql,
): Write {
  const { table } = columns;
  return {
    verb: "update",
    columns,
    find: () => () => found,
    head: sql`update ${table} set ${assignments(spec, columns, changes, dialect)}`,
    tail: sql`where ${condition}`,
  };
}

/** `a = 1, b = 2, version = version + 1`. @throws ParameterError when there is nothing to change */
export function assignments(spec: AnyTable, columns: Columns, changes: AnyEntity, dialect: DialectFacts): Sql {
  const version = spec.versionColumn;
  const properties = writtenProperties(spec, changes, version === undefined ? [] : [version]).filter(
    (it) => it !== version,
  );
  const keys = properties.filter((it) => includes(spec.key, it));
  if (keys.length > 0) {
    throw new ParameterError(`${spec.name.join(".")}: the key (${keys.join(", ")}) cannot be changed`, {
      parameters: keys,
    });
  }
  if (properties.length === 0)
    throw new ParameterError(`${spec.name.join(".")}: an update must change at least one column`);
  const parts = properties.map((it) => sql`${columns.of(it)} = ${columns.stored(it, changes[it], dialect)}`);
  if (version !== undefined) parts.push(sql`${columns.of(version)} = ${columns.of(version)} + 1`);
  return sql.join(parts);
}

function includes(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
