import type { OracleColumn, OracleValue } from "../values/oracle-type.ts";
import type { RowSource } from "./engine.ts";

/** Rows that are all here already. */
export function rowSourceOf(columns: readonly OracleColumn[], rows: readonly (readonly OracleValue[])[]): RowSource {
  let at = 0;
  return {
    columns,
    async read(count) {
      const portion = rows.slice(at, at + count);
      at += portion.length;
      return { rows: portion, done: at >= rows.length };
    },
    async close() {},
  };
}

/** A column of a type, with what is usual for the rest. */
export function oracleColumn(column: Pick<OracleColumn, "name" | "type"> & Partial<OracleColumn>): OracleColumn {
  return {
    precision: 0,
    scale: column.type === "NUMBER" ? -127 : column.type.startsWith("TIMESTAMP") ? 6 : 0,
    size: usualSize(column.type),
    nullable: true,
    json: false,
    ...column,
  };
}

function usualSize(type: OracleColumn["type"]): number {
  switch (type) {
    case "NUMBER":
    case "BINARY_INTEGER":
      return 22;
    case "DATE":
      return 7;
    case "TIMESTAMP":
    case "TIMESTAMP WITH LOCAL TIME ZONE":
    case "INTERVAL DAY TO SECOND":
      return 11;
    case "TIMESTAMP WITH TIME ZONE":
      return 13;
    case "INTERVAL YEAR TO MONTH":
      return 5;
    case "BINARY_DOUBLE":
      return 8;
    case "BINARY_FLOAT":
      return 4;
    default:
      return 4000;
  }
}
