import BetterSqlite3 from "better-sqlite3";
import type { SqliteOptions } from "./options.ts";

/** What we use of a column that better-sqlite3 describes. */
export interface NativeColumn {
  readonly name: string;
  /** The type as the table declares it; `null` for an expression. */
  readonly type: string | null;
}

/** A row as better-sqlite3 gives it: an object by column names, or an array after `raw()`. */
export type NativeRow = object;

/** What we use of a prepared statement. It gives integers as `bigint`. */
export interface NativeStatement {
  /** Whether it returns rows. */
  readonly reader: boolean;
  /** `false` when it may change a database file. */
  readonly readonly: boolean;
  all(...parameters: readonly unknown[]): NativeRow[];
  run(...parameters: readonly unknown[]): { readonly changes: number };
  iterate(...parameters: readonly unknown[]): IterableIterator<NativeRow>;
  columns(): readonly NativeColumn[];
  /** From now on rows come as arrays. For readers. */
  raw(): this;
}

/** What we use of a better-sqlite3 database. */
export interface NativeDatabase {
  readonly open: boolean;
  /** Asks SQLite itself (`sqlite3_get_autocommit`). */
  readonly inTransaction: boolean;
  prepare(text: string): NativeStatement;
  exec(text: string): unknown;
  pragma(text: string, options?: { readonly simple?: boolean }): unknown;
  close(): unknown;
}

/** The options of better-sqlite3 that we pass on. */
export type NativeOptions = Pick<SqliteOptions, "readonly" | "fileMustExist" | "timeout" | "nativeBinding">;

/** Opens a database whose integers arrive as `bigint`. */
export function openNative(filename: string, options: NativeOptions): NativeDatabase {
  const database = new BetterSqlite3(filename, options);
  // Without it SQLite's 64-bit integers arrive rounded to a double.
  database.defaultSafeIntegers(true);
  return database as unknown as NativeDatabase;
}

/** Runs a query of the adapter's own and gives its rows as arrays. */
export function readRows(database: NativeDatabase, text: string, ...parameters: readonly unknown[]): unknown[][] {
  return database
    .prepare(text)
    .raw()
    .all(...parameters) as unknown[][];
}
