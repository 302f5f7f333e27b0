import type { Column } from "./columns.ts";
import type { PacketReader } from "./packet-reader.ts";

/** Reads one row, in canonical form. */
export type ReadRow = (reader: PacketReader) => unknown[];

/** About as many rows as it takes to win back the time for compiling. */
const rowsBeforeCompiling = 300;
/** Beyond this the generated function would be slower than the loop. */
const mostColumns = 200;

/** Reads rows of the protocol of prepared statements. It is kept with the columns, because it gets faster with use. */
export class BinaryRowReader {
  /** Reads one row. To be looked up for each: it is replaced by a quicker one. */
  read: ReadRow;

  constructor(columns: readonly Column[]) {
    const plain = plainReader(columns);
    let left = rowsBeforeCompiling;
    this.read = (reader) => {
      if (--left === 0) this.read = compiledReader(columns) ?? plain;
      return plain(reader);
    };
  }
}

function plainReader(columns: readonly Column[]): ReadRow {
  return (reader) => {
    const { buffer } = reader;
    const nulls = reader.at + 1;
    reader.at = nulls + ((columns.length + 9) >> 3);
    const row = new Array<unknown>(columns.length);
    for (let index = 0; index < columns.length; index++) {
      const bit = index + 2;
      const isNull = ((buffer[nulls + (bit >> 3)] as number) & (1 << (bit & 7))) !== 0;
      row[index] = isNull ? null : (columns[index] as Column).binary(reader);
    }
    return row;
  };
}

/**
 * The same without the loop: each column's decoder is known where it is called. Its text holds numbers only. `null` where that is not possible: too many columns,
 * or a process that forbids code generation.
 */
function compiledReader(columns: readonly Column[]): ReadRow | null {
  if (columns.length > mostColumns) return null;
  const decoders = columns.map(({ binary }) => binary);
  const constants = decoders.map((_, index) => `const d${index} = decoders[${index}];`);
  const values = decoders.map((_, index) => {
    const bit = index + 2;
    return `(buffer[nulls + ${bit >> 3}] & ${1 << (bit & 7)}) !== 0 ? null : d${index}(reader)`;
  });
  const body = `"use strict"; ${constants.join("")} return (reader) => { const { buffer } = reader; const nulls = reader.at + 1; reader.at = nulls + ${(columns.length + 9) >> 3}; return [${values.join(", ")}]; };`;
  try {
    return (new Function("decoders", body) as (given: typeof decoders) => ReadRow)(decoders);
  } catch {
    return null;
  }
}

/** One row of the text protocol. */
export function readTextRow(reader: PacketReader, columns: readonly Column[]): unknown[] {
  const row = new Array<unknown>(columns.length);
  for (let index = 0; index < columns.length; index++) {
    const length = reader.length();
    row[index] = length < 0 ? null : (columns[index] as Column).text(reader, length);
  }
  return row;
}
