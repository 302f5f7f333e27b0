/** A value as SQLite keeps it. */
export type EngineValue = null | number | bigint | string | Uint8Array;

/** A column of a result: the name, and the type that its table declares (empty for an expression). */
export interface EngineColumn {
  readonly name: string;
  readonly declaredType: string;
}

/** What one statement gave. */
export interface EngineResult {
  readonly columns: readonly EngineColumn[];
  readonly rows: EngineValue[][];
  readonly affected: number;
  /** The row's number after an INSERT of one row, which is its key where that is an integer. */
  readonly generatedKey?: number | bigint;
}

/** Where a session is. */
export type EngineStatus = "idle" | "active" | "failed";
