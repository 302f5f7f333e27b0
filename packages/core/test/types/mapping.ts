import { isDeepStrictEqual } from "node:util";
import type { ColumnInfo, LogicalType } from "../../src/driver/index.ts";
import { ConversionError } from "../../src/errors/index.ts";
import { checkTypeOptions, rowMapper, type TypeOptions } from "../../src/types/index.ts";

export const place = { database: "orders", engine: "postgres" };

export function column(name: string, type: LogicalType): ColumnInfo {
  return { name, databaseType: "", type };
}

/** What the caller gets for one value of one type, by every way through a mapper: looped, compiled, and as a scalar. */
export function decoded(type: LogicalType, value: unknown, options: TypeOptions = {}): unknown {
  const mapper = rowMapper([column("value", type)], checkTypeOptions(options, "orders"), "lower", place);
  const looped = (mapper.toObject([value]) as { value: unknown }).value;
  const many = mapper.toObjects(Array.from({ length: 400 }, () => [value]));
  const compiled = (many[399] as { value: unknown }).value;
  const scalar = mapper.first([value]);
  for (const other of [compiled, scalar]) {
    if (!same(looped, other)) throw new Error(`the ways differ: ${String(looped)}, ${String(other)}`);
  }
  return looped;
}

function same(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (typeof a === "object" && isDeepStrictEqual(a, b));
}

/** The message of the `ConversionError` for a value. */
export function conversionFailure(type: LogicalType, value: unknown, options: TypeOptions = {}): string {
  try {
    decoded(type, value, options);
  } catch (error) {
    if (error instanceof ConversionError && error.code === "MDB_CONVERSION" && error.database === "orders")
      return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}
