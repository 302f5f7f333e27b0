import type { Clock } from "@nsj/mdb-core";
import type { FileState } from "./file-state.ts";
import { type NativeDatabase, type NativeRow, type NativeStatement, readRows } from "./native.ts";
import type { PreparedStatement } from "./prepared-statement.ts";
import { type JsonbReader, Shape } from "./shape.ts";
import type { DateStorage } from "./stored-dates.ts";

/** How long another process's change of a column's type may go unnoticed, in milliseconds. */
const checkEveryMs = 1_000;

/**
 * Knows when the columns of a prepared statement have to be read again. SQLite prepares a statement anew by itself when the schema has
 * changed, and does not tell: `select *` would then come with the names of columns that were there before.
 *
 * Reading the columns right after a run gives those of that run. They are kept where nothing can have changed since: changes of this
 * connection and of this process are known. For those of other processes, rows that come as objects show their names, and the schema's
 * version is read after each run of the other statements that have a `*`, and now and then for what the types of columns are.
 */
export class SchemaWatch {
  readonly #native: NativeDatabase;
  readonly #file: FileState | undefined;
  readonly #clock: Clock;
  readonly #dates: DateStorage;
  readonly #readJsonb: JsonbReader;
  #generation = 0;
  #seenOfFile = -1;
  #versionQuery: NativeStatement | undefined;
  #version: unknown;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #changedInTransaction = false;
  #distrustful = false;

  /** @param file - absent for a private database, which no other connection can change */
  constructor(native: NativeDatabase, file: FileState | undefined, clock: Clock, dates: DateStorage) {
    this.#native = native;
    this.#clock = clock;
    this.#dates = dates;
    this.#file = file;
    this.#readJsonb = (document) => readRows(native, "SELECT json(?)", document)[0]?.[0];
  }

  /**
   * What the result of a statement looks like. To be called right after it ran, before anything else runs.
   *
   * @param row - its first row, where it has one
   * @returns `undefined` when the rows have lost values and the statement has to run again
   */
  shapeOf(prepared: PreparedStatement, row: NativeRow | undefined): Shape | undefined {
    const steady = this.#file === undefined || this.#isSteady(this.#file, prepared.star && !prepared.objects);
    const { shape: known, objects } = prepared;
    if (steady && known !== undefined && prepared.shapeGeneration === this.#generation) {
      if (!objects || row === undefined || this.#file === undefined || known.matches(row)) return known;
    }
    const shape = new Shape(prepared.native.columns(), this.#readJsonb, this.#dates);
    prepared.shape = shape;
    prepared.shapeGeneration = steady && !this.#distrustful ? this.#generation : -1;
    if (!objects || shape.fitsObjects) return shape;
    prepared.useArrays();
    return row === undefined ? shape : undefined;
  }

  /** This connection has changed the schema, or may have. */
  changed(inTransaction: boolean): void {
    this.#generation += 1;
    if (inTransaction) this.#changedInTransaction = true;
    else this.#tellOthers();
  }

  /** The transaction has ended: what it did to the schema counts now, or is undone. */
  transactionEnded(committed: boolean): void {
    if (!this.#changedInTransaction) return;
    this.#changedInTransaction = false;
    this.#generation += 1;
    if (committed) this.#tellOthers();
  }

  /** The transaction was rolled back to a savepoint, and changes of the schema perhaps with it. */
  rolledBackInPart(): void {
    if (this.#changedInTransaction) this.#generation += 1;
  }

  /** From now on anybody may do anything behind the adapter's back. */
  distrust(): void {
    this.#distrustful = true;
    this.#generation += 1;
  }

  #tellOthers(): void {
    if (this.#file !== undefined) this.#file.schemaGeneration += 1;
  }

  /** Whether the schema was the same before and after the statement that has just run. */
  #isSteady(file: FileState, star: boolean): boolean {
    if (file.schemaGeneration !== this.#seenOfFile) {
      this.#seenOfFile = file.schemaGeneration;
      this.#generation += 1;
    }
    const now = this.#clock.now();
    if (!star && now - this.#checkedAt < checkEveryMs) return true;
    this.#checkedAt = now;
    const version = this.#readVersion();
    if (version !== undefined && version === this.#version) return true;
    this.#version = version;
    this.#generation += 1;
    return false;
  }

  #readVersion(): unknown {
    this.#versionQuery ??= this.#native.prepare("PRAGMA schema_version").raw();
    try {
      return (this.#versionQuery.all() as unknown[][])[0]?.[0];
    } catch {
      // Locked for a moment. Not knowing is treated as a change.
      return undefined;
    }
  }
}
