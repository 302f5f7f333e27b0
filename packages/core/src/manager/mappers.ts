import type { DialectFacts } from "../driver/index.ts";
import type { DatabaseContext } from "../session/index.ts";
import { type RowMapper, rowMapper, type TypeOptions } from "../types/index.ts";

/** The row mappers of one database: made once for each result shape. */
export function mappersOf(
  types: Required<TypeOptions>,
  dialect: DialectFacts,
  place: { readonly database: string; readonly engine: string },
): Pick<DatabaseContext, "mapper" | "mapperAs"> {
  const mappers = new WeakMap<readonly object[], RowMapper>();
  return {
    mapper(columns) {
      let mapper = mappers.get(columns);
      if (mapper === undefined) {
        mapper = rowMapper(columns, types, dialect.foldCase, place);
        mappers.set(columns, mapper);
      }
      return mapper;
    },
    mapperAs(columns, names) {
      const renamed = columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
      return rowMapper(renamed, types, "none", place);
    },
  };
}
