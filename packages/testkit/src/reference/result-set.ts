import type { ColumnInfo, ResultSet } from "@nsj/mdb-core";
import type { EngineColumn, EngineResult, EngineValue } from "../engine/engine-result.ts";
import { decode, logicalType } from "./values.ts";

/** A column as the interface describes it. */
export function columnInfo({ name, declaredType }: EngineColumn): ColumnInfo {
  return { name, databaseType: declaredType, type: logicalType(declaredType) };
}

/** Rows in canonical form. */
export function decodeRows(rows: readonly EngineValue[][], columns: readonly ColumnInfo[]): unknown[][] {
  return rows.map((row) => row.map((value, index) => decode(value, columns[index]?.type ?? "dynamic")));
}

/** The results of a text, chained. */
export function resultSet([first, ...rest]: readonly EngineResult[]): ResultSet {
  if (first === undefined) return { columns: [], rows: [], affected: null };
  const columns = first.columns.map(columnInfo);
  const { affected, generatedKey } = first;
  const result = {
    columns,
    rows: decodeRows(first.rows, columns),
    affected,
    ...(generatedKey !== undefined && { generatedKey }),
  };
  return rest.length === 0 ? result : { ...result, next: resultSet(rest) };
}
