import type { ColumnInfo } from "@nsj/mdb-core";
import { type Column, readColumn } from "./columns.ts";
import type { PacketReader } from "./packet-reader.ts";
import { BinaryRowReader } from "./row-readers.ts";

/** The columns of a result. */
export interface Shape {
  readonly columns: readonly Column[];
  readonly infos: readonly ColumnInfo[];
  /** Of the protocol of prepared statements. */
  readonly rows: BinaryRowReader;
}

export const emptyShape: Shape = shapeOf([]);

function shapeOf(columns: readonly Column[]): Shape {
  const infos = Object.freeze(columns.map(({ info }) => info));
  return Object.freeze({ columns, infos, rows: new BinaryRowReader(columns) });
}

/**
 * Reads the definitions of a result's columns. The server sends them with each execution of a prepared statement; as long as their bytes are the same as the last time,
 * so are the columns.
 */
export class ShapeReader {
  #known: Shape | undefined;
  #definitions: Buffer[] = [];
  #columns: Column[] = [];
  #count = 0;
  #isKnown = false;

  /** Begins a result of so many columns. */
  begin(count: number): void {
    this.#count = count;
    this.#columns = [];
    this.#isKnown = this.#known?.columns.length === count;
    if (!this.#isKnown) this.#definitions = [];
    this.#read = 0;
  }

  #read = 0;

  /** @returns whether it was the last one */
  add(reader: PacketReader, extended: boolean, tinyint1IsBoolean: boolean): boolean {
    const { buffer, at, end } = reader;
    const index = this.#read++;
    if (this.#isKnown) {
      const before = this.#definitions[index];
      if (before?.length === end - at && buffer.compare(before, 0, before.length, at, end) === 0) {
        return this.#read === this.#count;
      }
      this.#isKnown = false;
      this.#columns = [...(this.#known?.columns.slice(0, index) ?? [])];
      this.#definitions.length = index;
    }
    this.#definitions.push(Buffer.from(buffer.subarray(at, end)));
    this.#columns.push(readColumn(reader, extended, tinyint1IsBoolean));
    return this.#read === this.#count;
  }

  /** What was read. */
  finish(): Shape {
    if (!this.#isKnown || this.#known === undefined) {
      this.#known = shapeOf(this.#columns);
    }
    return this.#known;
  }
}
