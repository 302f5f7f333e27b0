import type { ColumnInfo, LogicalType, ResultSet } from "@nsj/mdb-core";
import { describeColumns } from "./columns.ts";
import type { NativeCell, NativeRequest } from "./native.ts";

interface OpenSet {
  readonly columns: readonly ColumnInfo[];
  readonly rows: unknown[][];
  affected: number | null;
}

/** Collects what a request gives: one result for each statement that says something. */
export class ResultSets {
  readonly #sets: OpenSet[] = [];
  #open: OpenSet | undefined;
  readonly out: Record<string, unknown> = {};
  readonly outTypes: Record<string, LogicalType> = {};
  returnValue: number | undefined;

  constructor(request: NativeRequest) {
    request.on("columnMetadata", (columns) => {
      this.#open = { columns: describeColumns(columns), rows: [], affected: null };
      this.#sets.push(this.#open);
    });
    request.on("row", (cells) => {
      this.#open?.rows.push(valuesOf(cells));
    });
    request.on("done", (count) => this.#done(count));
    request.on("doneInProc", (count) => this.#done(count));
    request.on("doneProc", (_count, _more, status) => {
      if (status !== undefined) this.returnValue = status;
    });
    request.on("returnValue", (name, value, column) => {
      define(this.out, name, value ?? null);
      const [described] = describeColumns([column]);
      if (described !== undefined) define(this.outTypes, name, described.type);
    });
  }

  /** Whether the server has answered anything yet. */
  get empty(): boolean {
    return this.#sets.length === 0;
  }

  /**
   * The results as a chain. `single`: the text is one statement, so that counts before its own are those of triggers, and the last one
   * counts.
   */
  chain(single: boolean): ResultSet {
    const withRows = this.#sets.filter((it) => it.columns.length > 0);
    const kept = single ? (withRows.length > 0 ? withRows : this.#sets.slice(-1)) : this.#sets;
    let next: ResultSet | undefined;
    for (const { columns, rows: received, affected } of kept.toReversed()) {
      const rows = isInPieces(columns) ? joined(received) : received;
      next = {
        columns,
        rows,
        affected: isInPieces(columns) ? rows.length : (affected ?? (columns.length > 0 ? rows.length : null)),
        ...(next && { next }),
      };
    }
    return next ?? { columns: [], rows: [], affected: null };
  }

  #done(count: number | undefined): void {
    if (this.#open !== undefined) this.#open.affected = count ?? null;
    else if (count !== undefined) this.#sets.push({ columns: [], rows: [], affected: count });
    this.#open = undefined;
  }
}

/** A parameter may be called like something that every object has. */
function define<T>(target: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(target, name.replace(/^@/, ""), {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** One row as core wants it. The driver has read the values in their canonical forms: see `exact-reader.ts`. */
export function valuesOf(cells: readonly NativeCell[]): unknown[] {
  const row = new Array<unknown>(cells.length);
  for (let index = 0; index < cells.length; index++) row[index] = cells[index]?.value ?? null;
  return row;
}

const pieces = new Set(["JSON_F52E2B61-18A1-11d1-B105-00805F49916B", "XML_F52E2B61-18A1-11d1-B105-00805F49916B"]);

/**
 * Whether a result is one document of FOR JSON or FOR XML, which the server sends in rows of about 2 000 characters under a name of its own.
 * https://learn.microsoft.com/sql/relational-databases/json/format-query-results-as-json-with-for-json-sql-server
 */
export function isInPieces(columns: readonly ColumnInfo[]): boolean {
  return columns.length === 1 && pieces.has(columns[0]?.name ?? "");
}

/** The document in one row; no row where there is none. */
export function joined(rows: readonly (readonly unknown[])[]): unknown[][] {
  return rows.length === 0 ? [] : [[rows.map(([piece]) => String(piece ?? "")).join("")]];
}
