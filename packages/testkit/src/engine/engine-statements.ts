import type { DatabaseSync, StatementSync } from "node:sqlite";
import { EngineError } from "./engine-error.ts";
import type { EngineColumn, EngineResult, EngineValue } from "./engine-result.ts";
import type { StatementPiece } from "./split-statements.ts";

/** How many prepared statements a session keeps. */
const kept = 64;

/** Runs single statements on one SQLite handle, and keeps them prepared by their text. */
export class EngineStatements {
  readonly #handle: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(handle: DatabaseSync) {
    this.#handle = handle;
  }

  run(piece: StatementPiece, values: readonly EngineValue[]): EngineResult {
    const statement = this.#prepare(piece, values);
    const columns = columnsOf(statement);
    if (columns.length > 0) {
      const rows = statement.all(...values) as unknown as EngineValue[][];
      // SQLite prepares again by itself after a change of the schema, so only now are the columns known.
      return { columns: columnsOf(statement), rows: rows.map(plainRow), affected: rows.length };
    }
    const { changes } = statement.run(...values);
    return { columns, rows: [], affected: countsRows(piece.text) ? Number(changes) : 0 };
  }

  /** Rows one by one. The statement is not shared with others, so that the cursor stays where it is. */
  iterate(
    piece: StatementPiece,
    values: readonly EngineValue[],
  ): { columns: readonly EngineColumn[]; rows: Iterator<EngineValue[]> } {
    checkCount(piece, values);
    const statement = configured(this.#handle.prepare(piece.text));
    const rows = statement.iterate(...values) as unknown as IterableIterator<EngineValue[]>;
    return { columns: columnsOf(statement), rows: plainRows(rows) };
  }

  forget(): void {
    this.#prepared.clear();
  }

  #prepare(piece: StatementPiece, values: readonly EngineValue[]): StatementSync {
    checkCount(piece, values);
    const known = this.#prepared.get(piece.text);
    this.#prepared.delete(piece.text);
    const statement = known ?? configured(this.#handle.prepare(piece.text));
    this.#prepared.set(piece.text, statement);
    for (const oldest of this.#prepared.keys()) {
      if (this.#prepared.size <= kept) break;
      this.#prepared.delete(oldest);
    }
    return statement;
  }
}

/** Says whether a statement may write. */
export function writes(text: string): boolean {
  const word = firstWord(text);
  if (word === "with") return /\b(insert|update|delete)\b/i.test(text);
  return !["select", "values", "explain", "pragma"].includes(word);
}

/** The first word of a statement, in lower case and behind its comments. */
export function firstWord(text: string): string {
  return /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*([a-z]*)/i.exec(text)?.[1]?.toLowerCase() ?? "";
}

/** SQLite leaves the count of the statement before it in place where a statement changes no rows by nature. */
function countsRows(text: string): boolean {
  return ["insert", "update", "delete", "replace", "with"].includes(firstWord(text));
}

/** SQLite takes a missing value for NULL; here it is an error, as everywhere else. */
function checkCount(piece: StatementPiece, values: readonly EngineValue[]): void {
  if (piece.parameters === values.length) return;
  throw new EngineError(
    "PARAMETER",
    `the statement has ${piece.parameters} parameters, but ${values.length} values came`,
  );
}

function configured(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  return statement;
}

function columnsOf(statement: StatementSync): readonly EngineColumn[] {
  return statement.columns().map((it) => ({ name: it.name, declaredType: it.type ?? "" }));
}

function* plainRows(rows: Iterable<EngineValue[]>): Generator<EngineValue[]> {
  for (const row of rows) yield plainRow(row);
}

function plainRow(row: EngineValue[]): EngineValue[] {
  for (let index = 0; index < row.length; index++) {
    const value = row[index];
    if (typeof value === "bigint" && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) {
      row[index] = Number(value);
    }
  }
  return row;
}
