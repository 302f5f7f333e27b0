import type { ColumnInfo, DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import type { AnyTable, Columns } from "./columns.ts";
import { type AnyEntity, writtenProperties } from "./writes.ts";

/** Rows for the bulk path. */
export interface BulkRows {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly unknown[]>;
  readonly columnInfo: readonly (ColumnInfo | undefined)[];
}

/** Looks at the first entity for the columns; `undefined` when there is none. */
export async function bulkRows(
  spec: AnyTable,
  columns: Columns,
  entities: Iterable<AnyEntity> | AsyncIterable<AnyEntity>,
  dialect: DialectFacts,
): Promise<BulkRows | undefined> {
  const source = inOneForm(entities);
  const first = await source.next();
  if (first.done === true) return undefined;
  const properties = writtenProperties(spec, first.value);
  const version = spec.versionColumn;
  const names = version === undefined ? properties : [...properties, version];
  async function* values(): AsyncGenerator<readonly unknown[], void, undefined> {
    let index = 0;
    try {
      for (let entity = first; entity.done !== true; entity = await source.next()) {
        const { value } = entity;
        refuseOtherShape(spec, properties, value, index++);
        const row = properties.map((property) => columns.stored(property, value[property], dialect));
        yield version === undefined ? row : [...row, 1];
      }
    } finally {
      await source.return();
    }
  }
  const columnInfo = names.map((name) => columns.infoOf(name));
  return { columns: names.map((name) => columns.nameOf(name)), rows: values(), columnInfo };
}

/** A column that only a later entity names would be dropped without a word. */
function refuseOtherShape(spec: AnyTable, properties: readonly string[], entity: AnyEntity, index: number): void {
  const own = writtenProperties(spec, entity);
  const other = [...own.filter((it) => !properties.includes(it)), ...properties.filter((it) => !own.includes(it))];
  if (other.length === 0) return;
  const message = `${spec.name.join(".")}: entity ${index} differs from the first one in ${other.join(", ")}; all must name the same columns`;
  throw new ParameterError(message, { parameters: other });
}

async function* inOneForm(
  entities: Iterable<AnyEntity> | AsyncIterable<AnyEntity>,
): AsyncGenerator<AnyEntity, void, undefined> {
  yield* entities;
}
