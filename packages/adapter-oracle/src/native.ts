import oracledb from "oracledb";

/** One of the driver's types: `oracledb.DB_TYPE_NUMBER`. Compared by identity only. */
export interface NativeType {
  readonly name: string;
}

/** A value to bind with a type, or a place for one that comes back. */
export interface NativeBind {
  readonly dir?: number;
  readonly type: NativeType;
  readonly val?: unknown;
  readonly maxSize?: number;
}

/** What the driver tells about a column. */
export interface NativeColumn {
  /** Made unique by the driver. */
  readonly name: string;
  /** As the server said it. */
  readonly dbColumnName: string;
  readonly dbType: NativeType;
  readonly dbTypeName: string;
  readonly nullable: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly byteSize?: number;
  readonly isJson?: boolean;
}

/** How one column is to be fetched. */
export interface NativeFetch {
  readonly type: NativeType;
  readonly converter?: (value: unknown) => unknown;
}

/** Rows of a query that are pulled. */
export interface NativeResultSet {
  readonly metaData: readonly NativeColumn[];
  getRows(count: number): Promise<unknown[][]>;
  close(): Promise<void>;
}

/** A LOB as the driver gives it for an output bind. */
export interface NativeLob {
  getData(): Promise<string | Buffer | null>;
}

/** How to run a statement. Everything that the driver also has a process-wide setting for is always given. */
export interface NativeExecuteOptions {
  readonly autoCommit: boolean;
  readonly outFormat: number;
  readonly maxRows: number;
  readonly fetchArraySize: number;
  readonly prefetchRows: number;
  readonly resultSet: boolean;
  readonly dbObjectAsPojo: boolean;
  readonly keepInStmtCache: boolean;
  readonly fetchTypeHandler: (column: NativeColumn) => NativeFetch;
}

/** What a statement gave. */
export interface NativeResult {
  readonly metaData?: readonly NativeColumn[];
  readonly resultSet?: NativeResultSet;
  readonly rowsAffected?: number;
  readonly outBinds?: readonly unknown[];
  readonly implicitResults?: readonly NativeResultSet[];
}

/** What many executions of one statement gave. */
export interface NativeManyResult {
  readonly rowsAffected?: number;
  readonly batchErrors?: readonly (Error & { readonly offset?: number })[];
}

/** The driver's connection. */
export interface NativeConnection {
  /** DB_UNIQUE_NAME, as the server told it at the login. */
  readonly dbUniqueName?: string | undefined;
  /** From server 12.2 on. */
  readonly pdbName?: string | undefined;
  readonly thin: boolean;
  readonly transactionInProgress: boolean;
  /** Sent ahead of the next call. */
  currentSchema: string;
  clientId: string;
  execute(text: string, binds: readonly unknown[], options: NativeExecuteOptions): Promise<NativeResult>;
  executeMany(
    text: string,
    binds: readonly (readonly unknown[])[],
    options: {
      readonly autoCommit: boolean;
      readonly batchErrors: boolean;
      readonly bindDefs: readonly NativeBind[];
      readonly keepInStmtCache: boolean;
    },
  ): Promise<NativeManyResult>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  ping(): Promise<void>;
  breakExecution(): Promise<void>;
  isHealthy(): boolean;
  close(): Promise<void>;
}

/** What the driver's module has of its types: their names here are those of its constants, less `DB_TYPE_`. */
export const nativeTypeNames = [
  "BFILE",
  "BINARY_DOUBLE",
  "BINARY_FLOAT",
  "BLOB",
  "BOOLEAN",
  "CHAR",
  "CLOB",
  "CURSOR",
  "DATE",
  "INTERVAL_DS",
  "INTERVAL_YM",
  "JSON",
  "LONG",
  "LONG_NVARCHAR",
  "LONG_RAW",
  "NCHAR",
  "NCLOB",
  "NUMBER",
  "NVARCHAR",
  "OBJECT",
  "RAW",
  "ROWID",
  "TIMESTAMP",
  "TIMESTAMP_LTZ",
  "TIMESTAMP_TZ",
  "UROWID",
  "VARCHAR",
  "VECTOR",
  "XMLTYPE",
] as const;

/** See {@link nativeTypeNames}. */
export type NativeTypeName = (typeof nativeTypeNames)[number];

/** The part of the driver's module that this package uses. */
interface NativeModule {
  getConnection(options: Readonly<Record<string, unknown>>): Promise<NativeConnection>;
  readonly OUT_FORMAT_ARRAY: number;
  readonly BIND_OUT: number;
  readonly BIND_INOUT: number;
  readonly versionString: string;
  readonly [constant: `DB_TYPE_${string}`]: NativeType;
}

/** The driver. */
export const native: NativeModule = oracledb as unknown as NativeModule;

const names = new Map<unknown, NativeTypeName>(nativeTypeNames.map((name) => [native[`DB_TYPE_${name}`], name]));

/** The driver's constant for a type. */
export function nativeType(name: NativeTypeName): NativeType {
  const type = native[`DB_TYPE_${name}`];
  if (type === undefined) throw new Error(`this version of oracledb does not know the type ${name}`);
  return type;
}

/** The name of one of the driver's constants; `undefined` for a type of a later version. */
export function nativeTypeName(type: NativeType): NativeTypeName | undefined {
  return names.get(type);
}
