import type { ColumnInfo } from "@nsj/mdb-core";
import type { NativeField } from "./native.ts";
import { builtInTypes, type TypeFacts, unknownType } from "./types.ts";
import { canonicalDecoder, type Decoder } from "./values.ts";

/** What a result's rows look like, and how their texts become canonical values. */
export interface Shape {
  /** The same array for the same columns, whichever connection they came over: core keeps its row mappers by it. */
  readonly columns: readonly ColumnInfo[];
  /** Only the columns whose text is not canonical already. */
  readonly decoders: readonly (readonly [index: number, decode: Decoder])[];
  /** OIDs of types that are neither built in nor looked up yet. */
  readonly unknownOids: readonly number[];
}

/** The shape of a statement that returns no rows. */
export const emptyShape: Shape = Object.freeze({
  columns: Object.freeze([]),
  decoders: Object.freeze([]),
  unknownOids: Object.freeze([]),
});

/** A row as pg hands it over: one text per column. */
export type RawRow = (string | null)[];

/** Turns a row's texts into canonical values, in place. */
export function decodeRow(row: RawRow, { decoders }: Shape): unknown[] {
  for (let at = 0; at < decoders.length; at++) {
    const [index, decode] = decoders[at] as Shape["decoders"][number];
    const text = row[index];
    if (text !== null && text !== undefined) (row as unknown[])[index] = decode(text);
  }
  return row;
}

/** Column arrays that were made before, shared by the connections of one connector. Forgets the oldest beyond `max`. */
export class ColumnsCache {
  readonly #max = 1_000;
  readonly #known = new Map<string, readonly ColumnInfo[]>();

  /** The columns as they were given before, where they are the same. */
  intern(columns: readonly ColumnInfo[]): readonly ColumnInfo[] {
    const key = JSON.stringify(columns);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#max) this.#known.delete(this.#known.keys().next().value ?? key);
    const frozen = Object.freeze(columns.map((column) => Object.freeze(column)));
    this.#known.set(key, frozen);
    return frozen;
  }
}

/** Makes shapes for one connection: it knows the types that the server of this connection has told. */
export class Shapes {
  readonly #columns: ColumnsCache;
  readonly #learned = new Map<number, TypeFacts>();

  constructor(columns: ColumnsCache) {
    this.#columns = columns;
  }

  /** Takes note of types that were looked up; one that the server does not know is noted as unknown, and not asked for again. */
  learn(oids: readonly number[], found: ReadonlyMap<number, TypeFacts>): void {
    for (const oid of oids) this.#learned.set(oid, found.get(oid) ?? unknownType);
  }

  /** The shape that a RowDescription describes. */
  of(fields: readonly NativeField[]): Shape {
    const columns: ColumnInfo[] = [];
    const decoders: [number, Decoder][] = [];
    const unknownOids: number[] = [];
    for (const [index, field] of fields.entries()) {
      const type = builtInTypes.get(field.dataTypeID) ?? this.#learned.get(field.dataTypeID);
      if (type === undefined) unknownOids.push(field.dataTypeID);
      columns.push(columnInfo(field, type ?? unknownType));
      const decode = canonicalDecoder(type ?? unknownType);
      if (decode !== undefined) decoders.push([index, decode]);
    }
    return { columns: this.#columns.intern(columns), decoders, unknownOids };
  }
}

function columnInfo({ name, dataTypeModifier }: NativeField, type: TypeFacts): ColumnInfo {
  const column = { name, databaseType: type.name, type: type.type };
  // numeric.c: the modifier is ((precision << 16) | (scale & 0x7ff)) + 4, the scale signed in 11 bits since PostgreSQL 15.
  if (type.name !== "numeric" || dataTypeModifier < 4) return column;
  const modifier = dataTypeModifier - 4;
  return { ...column, precision: modifier >> 16, scale: ((modifier & 0x7ff) ^ 1024) - 1024 };
}
