import { isDeepStrictEqual } from "node:util";
import type { EngineStatement, RowSource } from "../engine/engine.ts";
import { isLobType, type OracleColumn, type OracleType } from "../values/oracle-type.ts";
import type { BindShape } from "./execute-request.ts";

/** Bytes of a VARCHAR2 at most; text that may be longer travels as LONG does. */
const longestString = 32_767;

/** A statement that the client has opened: by its text, or a REF CURSOR. */
export class Cursor {
  readonly id: number;
  readonly text: string;
  /** Absent for a REF CURSOR. */
  readonly statement: EngineStatement | undefined;
  /** As the client bound it the last time. */
  shapes: readonly BindShape[] = [];
  /** As the client wants the columns sent; empty for their own types. */
  defines: readonly BindShape[] = [];
  /** Binds that a PL/SQL block only writes, known after its first run. */
  outBinds: ReadonlySet<number> = new Set();
  /** The columns as the client knows them. */
  #announced: readonly OracleColumn[] | undefined;
  #source: RowSource | undefined;
  /** Rows sent since the last execution. */
  sent = 0;

  constructor(id: number, text: string, statement: EngineStatement | undefined) {
    this.id = id;
    this.text = text;
    this.statement = statement;
  }

  get source(): RowSource | undefined {
    return this.#source;
  }

  /** The client must hear of the columns: it never has, or a definition has changed them since. Afterwards it counts as told. */
  announce(full: boolean): boolean {
    const columns = this.#source?.columns ?? [];
    const changed = this.#announced !== undefined && !isDeepStrictEqual(this.#announced, columns);
    this.#announced = columns;
    if (changed) this.defines = [];
    return full || changed;
  }

  /** Takes the rows of a new execution and lets go of the old ones. */
  async open(source: RowSource | undefined): Promise<void> {
    const before = this.#source;
    this.#source = source;
    this.sent = 0;
    if (before !== source) await before?.close();
  }

  /** The columns are LOBs or JSON in part, and the client has not said yet how it wants them: no row can be sent. */
  get needsDefine(): boolean {
    return this.defines.length === 0 && (this.#source?.columns.some(isLob) ?? false);
  }

  /** What a column is sent as. */
  sentType(column: OracleColumn, index: number): OracleType {
    const define = this.defines[index];
    if (!isLob(column) || define === undefined) return column.type;
    return define.type === "VARCHAR2" && define.size > longestString ? "LONG" : define.type;
  }
}

function isLob(column: OracleColumn): boolean {
  return isLobType(column.type) || column.type === "JSON";
}
