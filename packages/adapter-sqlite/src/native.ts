import BetterSqlite3 from "better-sqlite3";

/** What we use of a column that better-sqlite3 describes. */
export interface NativeColumn {
  readonly name: string;
  /** The type as the table declares it; `null` for an expression. */
  readonly type: string | null;
}

/** What we use of a prepared statement. It gives rows as arrays and integers as `bigint`. */
export interface NativeStatement {
  /** Whether it returns rows. */
  readonly reader: boolean;
  /** `false` when it may change a database file. */
  readonly readonly: boolean;
  all(...parameters: readonly unknown[]): unknown[][];
  run(...parameters: readonly unknown[]): { readonly changes: number };
  iterate(...parameters: readonly unknown[]): IterableIterator<unknown[]>;
  columns(): readonly NativeColumn[];
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
export interface NativeOptions {
  readonly readonly?: boolean;
  readonly fileMustExist?: boolean;
  readonly timeout?: number;
  readonly nativeBinding?: string;
}

/** Opens a database; `prepare` gives statements in the form that {@link NativeStatement} describes. */
export function openNative(filename: string, options: NativeOptions): NativeDatabase {
  const database = new BetterSqlite3(filename, options);
  // Without it SQLite's 64-bit integers arrive rounded to a double.
  database.defaultSafeIntegers(true);
  return database as unknown as NativeDatabase;
}

/** Prepares a statement whose rows come as arrays, so that columns of the same name all survive. */
export function prepareNative(database: NativeDatabase, text: string): NativeStatement {
  const statement = database.prepare(text) as NativeStatement & { raw(): NativeStatement };
  return statement.reader ? statement.raw() : statement;
}
