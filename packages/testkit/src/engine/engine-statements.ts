import type { DatabaseSync, StatementSync } from "node:sqlite";
import { EngineError } from "./engine-error.ts";
import type { EngineColumn, EngineResult, EngineValue } from "./engine-result.ts";
import type { StatementPiece } from "./split-statements.ts";

/**
 * Runs single statements on one SQLite handle. Each is prepared anew: Node.js 22 reads the rows of an older one by the columns that it
 * had before a change of the schema.
 */
export class EngineStatements {
  readonly #handle: DatabaseSync;

  constructor(handle: DatabaseSync) {
    this.#handle = handle;
  }

  run(piece: StatementPiece, values: readonly EngineValue[]): EngineResult {
    const statement = this.#prepare(piece, values);
    const columns = columnsOf(statement);
    if (columns.length > 0) {
      const rows = statement.all(...values) as unknown as EngineValue[][];
      return { columns, rows: rows.map(plainRow), affected: rows.length };
    }
    const { changes, lastInsertRowid } = statement.run(...values);
    const affected = countsRows(piece.text) ? Number(changes) : 0;
    const isInsert = affected === 1 && firstWord(piece.text) === "insert";
    return { columns, rows: [], affected, ...(isInsert && { generatedKey: plain(lastInsertRowid) }) };
  }

  /** Rows one by one. */
  iterate(
    piece: StatementPiece,
    values: readonly EngineValue[],
  ): { columns: readonly EngineColumn[]; rows: Iterator<EngineValue[]> } {
    const statement = this.#prepare(piece, values);
    const rows = statement.iterate(...values) as unknown as IterableIterator<EngineValue[]>;
    return { columns: columnsOf(statement), rows: plainRows(rows) };
  }

  #prepare(piece: StatementPiece, values: readonly EngineValue[]): StatementSync {
    checkCount(piece, values);
    return configured(this.#handle.prepare(piece.text));
  }
}

/** Says whether a statement may write. */
export function writes(text: string): boolean {
  const word = firstWord(text);
  if (word === "with") return /\b(insert|update|delete)\b/i.test(text);
  return !["select", "values", "explain", "pragma"].includes(word);
}

/** Says whether a statement leaves something in SQLite's own session: a temporary object, a database, a setting. */
export function changesSession(text: string): boolean {
  const word = firstWord(text);
  if (word === "create") return /^create\s+temp/i.test(text.slice(text.search(/create/i)));
  return word === "attach" || (word === "pragma" && text.includes("="));
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
    if (typeof value === "bigint") row[index] = plain(value);
  }
  return row;
}

/** A number where that is exact. */
function plain(value: number | bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
