import { join } from "node:path";
import mssql from "mssql";

/** A data type of the driver: what a parameter is declared as, and how its bytes are written. Ours have the same shape. */
export interface NativeType {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  declaration(parameter: NativeParameter): string;
  resolvePrecision?(parameter: NativeParameter): number;
  resolveScale?(parameter: NativeParameter): number;
  writeTypeInfo(buffer: NativeBuffer, parameter: NativeParameter, options?: unknown): void;
  writeValue(buffer: NativeBuffer, parameter: NativeParameter, options?: unknown): unknown;
  validate(value: unknown, collation?: unknown): unknown;
}

/** What a data type is told about the parameter that it writes. */
export interface NativeParameter {
  readonly value?: unknown;
  readonly length?: number | undefined;
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  readonly output?: boolean | undefined;
}

/** What data types write into. */
export interface NativeBuffer {
  writeUInt8(value: number): void;
  writeBuffer(value: Buffer): void;
}

/** Facets of a parameter or bulk-load column. */
export interface NativeFacets {
  readonly length?: number | undefined;
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  readonly nullable?: boolean | undefined;
}

/** A column of a result. */
export interface NativeColumn {
  readonly colName: string;
  readonly type: { readonly name: string };
  readonly userType: number;
  readonly flags: number;
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  readonly dataLength?: number | undefined;
  readonly collation?: { readonly codepage?: string | undefined } | undefined;
  readonly udtInfo?: { readonly typeName: string } | undefined;
}

/** A value of a row. */
export interface NativeCell {
  readonly value: unknown;
  readonly metadata: NativeColumn;
}

/** One request to the server: a batch or a remote procedure call. */
export interface NativeRequest {
  addParameter(name: string, type: NativeType, value: unknown, facets?: NativeFacets): void;
  addOutputParameter(name: string, type: NativeType, value: unknown, facets?: NativeFacets): void;
  setTimeout(milliseconds: number): void;
  pause(): void;
  resume(): void;
  cancel(): void;
  on(event: "columnMetadata", listener: (columns: readonly NativeColumn[]) => void): this;
  on(event: "row", listener: (cells: readonly NativeCell[]) => void): this;
  on(event: "done" | "doneInProc", listener: (rowCount: number | undefined, more: boolean) => void): this;
  on(
    event: "doneProc",
    listener: (rowCount: number | undefined, more: boolean, returnStatus: number | undefined) => void,
  ): this;
  on(event: "returnValue", listener: (name: string, value: unknown, column: NativeColumn) => void): this;
  readonly parameters: readonly unknown[];
}

/** A bulk load that is being set up. */
export interface NativeBulkLoad {
  addColumn(name: string, type: NativeType, facets: NativeFacets): void;
  cancel(): void;
  setTimeout(milliseconds: number): void;
}

/** What a bulk load does beside inserting. */
export interface NativeBulkOptions {
  readonly checkConstraints: boolean;
  readonly fireTriggers: boolean;
  readonly keepNulls: boolean;
}

/** An error or information of the server, while it logs a connection in. */
export interface NativeMessage {
  readonly number: number;
  readonly message: string;
  readonly class: number;
  readonly state: number;
}

type Done = (error?: Error | null) => void;

/** One physical connection of the driver (tedious's `Connection`). */
export interface NativeConnection {
  readonly closed: boolean;
  readonly inTransaction: boolean;
  /** The last one is what the server calls the transaction that is open. */
  readonly transactionDescriptors: readonly Buffer[];
  readonly config: { readonly options: object };
  /** The text that sets a fresh or a reset session up. */
  getInitialSql(): string;
  readonly databaseCollation: { readonly codepage?: string | undefined } | undefined;
  readonly socket?: { ref?(): void; unref?(): void; destroy?(): void } | undefined;
  execSql(request: NativeRequest): void;
  execSqlBatch(request: NativeRequest): void;
  callProcedure(request: NativeRequest): void;
  beginTransaction(done: Done, name: string, isolationLevel: number): void;
  commitTransaction(done: Done): void;
  rollbackTransaction(done: Done, name?: string): void;
  saveTransaction(done: Done, name: string): void;
  newBulkLoad(
    table: string,
    options: NativeBulkOptions,
    done: (error?: Error, rowCount?: number) => void,
  ): NativeBulkLoad;
  execBulkLoad(load: NativeBulkLoad, rows: AsyncIterable<readonly unknown[]>): void;
  reset(done: Done): void;
  close(): void;
  createTokenStreamParser(message: Iterable<Buffer>, handler: object): NativeTokenParser;
  on(event: "errorMessage" | "infoMessage", listener: (message: NativeMessage) => void): this;
  on(event: "databaseChange" | "languageChange" | "charsetChange", listener: (value: string) => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "end" | "rollbackTransaction", listener: () => void): this;
  off(event: string, listener: (...args: never[]) => void): this;
}

/** Reads the tokens of a response. */
export interface NativeTokenParser {
  on(event: "end", listener: () => void): this;
  on(event: "error", listener: (error: Error) => void): this;
}

/** What we use of the driver under mssql. */
export interface Tedious {
  readonly Request: new (text: string, done: (error?: Error | null) => void) => NativeRequest;
  readonly Connection: new (config: object) => NativeConnection;
  readonly TYPES: Readonly<Record<string, NativeType>>;
}

/** Reads one value of a response at an offset; with `options`, those of the connection. */
export type ReadValue = (
  bytes: Buffer,
  offset: number,
  metadata: NativeColumn,
  options: object,
) => { readonly value: unknown; readonly offset: number };

/** The module of tedious that reads values. */
export interface ValueParser {
  readValue: ReadValue;
}

/** What we use of mssql's `ConnectionPool`: it maps a configuration to the driver's, and opens single connections for its pool. */
export interface NativePool {
  _poolCreate(): Promise<NativeConnection>;
  on(event: "error", listener: (error: Error) => void): this;
}

/** mssql's pool of connections; we never let it pool. */
export const NativePool = mssql.ConnectionPool as unknown as new (config: object) => NativePool;

/** Not imported: webpack takes an imported `createRequire` for its own, and puts nothing in its place. */
function requireAt(place: string): NodeJS.Require {
  return process.getBuiltinModule("node:module").createRequire(place);
}

/** Loads a module of the driver as mssql itself would find it, so that there is one copy of it. @throws Error where there is no mssql */
function besideMssql(module: string): unknown {
  return requireAt(placeOfMssql())(module);
}

/**
 * Where mssql is installed: as seen from this file, or, where it has gone into a bundle, from the program or its folder. In a bundle
 * `import.meta.url` is undefined, or the path that this file had on the machine where it was made.
 */
function placeOfMssql(): string {
  const places: readonly (string | undefined)[] = [import.meta.url, process.argv[1], join(process.cwd(), "program.js")];
  let failure: unknown;
  for (const place of places) {
    try {
      if (place !== undefined) return requireAt(place).resolve("mssql");
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** tedious, the same copy that mssql uses. @throws Error when it cannot be found */
export function loadTedious(): Tedious {
  return besideMssql("tedious") as Tedious;
}

/** tedious's reader of values, which {@link Tedious} does not export. `undefined` when there is none by this name. */
export function loadValueParser(): ValueParser | undefined {
  try {
    return besideMssql("tedious/lib/value-parser") as ValueParser;
  } catch {
    return undefined;
  }
}
