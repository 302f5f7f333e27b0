import type { ColumnInfo } from "../driver/index.ts";

/** Columns by the names that a table's description has for them. @param folds - whether a simple name in lower case means the one in upper case */
export function byName(columns: readonly ColumnInfo[], folds: boolean): ReadonlyMap<string, ColumnInfo> {
  return new Map(
    columns.flatMap((column) => [
      [column.name, column],
      ...(folds && column.name === column.name.toUpperCase() ? [[column.name.toLowerCase(), column] as const] : []),
    ]),
  );
}

/** Whether one of the entities names what is no column as far as is known, in whichever case. @param entities - a word where they are not seen yet */
export function namesAnother(
  entities: readonly unknown[] | string | undefined,
  infos: ReadonlyMap<string, ColumnInfo>,
  nameOf: (property: string) => string,
): boolean {
  if (!Array.isArray(entities)) return false;
  const isAnother = (property: string): boolean => {
    const name = nameOf(property);
    return !infos.has(name) && ![...infos.keys()].some((it) => it.toLowerCase() === name.toLowerCase());
  };
  return entities.some((it) => typeof it === "object" && it !== null && Object.keys(it).some(isAnother));
}
