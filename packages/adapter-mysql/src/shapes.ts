import type { ColumnInfo } from "@nsj/mdb-core";
import { type Column, readColumn } from "./columns.ts";
import type { PacketReader } from "./packet-reader.ts";

/** The columns of a result. */
export interface Shape {
  readonly columns: readonly Column[];
  readonly infos: readonly ColumnInfo[];
}

export const emptyShape: Shape = Object.freeze({ columns: Object.freeze([]), infos: Object.freeze([]) });

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
      this.#known = { columns: this.#columns, infos: Object.freeze(this.#columns.map(({ info }) => info)) };
    }
    return this.#known;
  }
}

/** One row of the protocol of prepared statements, in canonical form. */
export function readBinaryRow(reader: PacketReader, columns: readonly Column[]): unknown[] {
  const { buffer } = reader;
  const nulls = reader.at + 1;
  reader.at = nulls + ((columns.length + 9) >> 3);
  const row = new Array<unknown>(columns.length);
  for (let index = 0; index < columns.length; index++) {
    const bit = index + 2;
    const isNull = ((buffer[nulls + (bit >> 3)] ?? 0) & (1 << (bit & 7))) !== 0;
    row[index] = isNull ? null : (columns[index] as Column).binary(reader);
  }
  return row;
}

/** One row of the text protocol, in canonical form. */
export function readTextRow(reader: PacketReader, columns: readonly Column[]): unknown[] {
  const row = new Array<unknown>(columns.length);
  for (let index = 0; index < columns.length; index++) {
    const length = reader.length();
    row[index] = length < 0 ? null : (columns[index] as Column).text(reader, length);
  }
  return row;
}
