import type { ColumnInfo, LogicalType } from "@nsj/mdb-core";
import { describeColumn } from "./column-types.ts";
import type { NativeColumn, NativeRow } from "./native.ts";
import { type DateStorage, textOf } from "./stored-dates.ts";

/** Turns a value that SQLite stored into the canonical form of its column's type. Never called with `null`. */
type Converter = (value: unknown) => unknown;

/** Gives the text of a document that SQLite stores in its binary JSON format. */
export type JsonbReader = (document: Buffer) => unknown;

/** What a result looks like: its columns, and how their values become canonical. */
export class Shape {
  readonly columns: readonly ColumnInfo[];
  /** Whether an object by these names holds every value, in order: none occurs twice, none would change its place. */
  readonly fitsObjects: boolean;
  readonly #converters: readonly { readonly column: number; readonly convert: Converter }[];

  constructor(columns: readonly NativeColumn[], readJsonb: JsonbReader, dates: DateStorage) {
    this.columns = columns.map(describeColumn);
    const names = new Set(columns.map(({ name }) => name));
    this.fitsObjects = names.size === columns.length && !columns.some(({ name }) => /^\d+$|^__proto__$/.test(name));
    this.#converters = this.columns.flatMap(({ type }, column) => {
      const convert = converterFor(type, readJsonb, dates);
      return convert === undefined ? [] : [{ column, convert }];
    });
  }

  /** Whether a row that came as an object has these columns. */
  matches(row: NativeRow): boolean {
    let column = 0;
    for (const name in row) {
      if (this.columns[column]?.name !== name) return false;
      column += 1;
    }
    return column === this.columns.length;
  }

  /** Makes arrays of canonical values. Rows that are arrays already are changed in place. */
  canonical(rows: readonly NativeRow[]): unknown[][] {
    const result = new Array<unknown[]>(rows.length);
    for (let index = 0; index < rows.length; index++) result[index] = this.#canonicalRow(rows[index] as NativeRow);
    return result;
  }

  #canonicalRow(native: NativeRow): unknown[] {
    const row: unknown[] = Array.isArray(native) ? native : Object.values(native);
    for (let column = 0; column < row.length; column++) {
      const value = row[column];
      if (typeof value === "bigint") row[column] = narrow(value);
    }
    for (let index = 0; index < this.#converters.length; index++) {
      const { column, convert } = this.#converters[index] as { column: number; convert: Converter };
      if (row[column] !== null) row[column] = convert(row[column]);
    }
    return row;
  }
}

/** A number wherever that loses nothing. */
function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * SQLite checks no type but those of STRICT tables, so a column may hold anything. What is not of its column's kind stays as it is
 * stored, and core says so where it cannot be what was asked for.
 */
function converterFor(type: LogicalType, readJsonb: JsonbReader, dates: DateStorage): Converter | undefined {
  const counted = (value: unknown) => (typeof value === "number" ? textOf(value, dates) : undefined);
  switch (type) {
    case "date":
      return (value) => (typeof value === "string" ? dayOf(value) : (counted(value)?.slice(0, 10) ?? value));
    case "timestamp":
      return (value) => (typeof value === "string" ? wallClock(value) : (counted(value) ?? value));
    case "timestamptz":
      return (value) => {
        const text = typeof value === "string" ? value : counted(value);
        return text === undefined ? value : instant(text);
      };
    case "uuid":
      return (value) => (Buffer.isBuffer(value) && value.length === 16 ? uuidText(value) : value);
    case "json":
      return (value) => (Buffer.isBuffer(value) ? readJsonb(value) : String(value));
    default:
      return undefined;
  }
}

// The time values that SQLite's functions understand (https://sqlite.org/lang_datefunc.html), but for Julian days and bare times.
const timeValue = /^(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d:\d\d)(:\d\d(?:\.\d+)?)? *(Z|[+-]\d\d:?\d\d)?)?$/i;

function dayOf(text: string): string {
  if (text.length === 10) return text;
  return timeValue.exec(text)?.[1] ?? text;
}

function wallClock(text: string): unknown {
  // As this adapter and SQLite's own functions write it; not worth a regular expression each time.
  if ((text.length === 19 || text.length === 23) && text[10] === " " && text[4] === "-") return text;
  const parts = timeValue.exec(text);
  if (parts === null) return text;
  const [, day, minutes = "00:00", seconds = ":00", offset = "Z"] = parts;
  // SQLite takes an offset off and goes on in UTC.
  if (offset !== "Z" && offset !== "z") {
    const moment = new Date(`${day}T${minutes}${seconds.slice(0, 7)}${withColon(offset)}`);
    return Number.isNaN(moment.getTime()) ? text : moment;
  }
  return `${day} ${minutes}${seconds}`;
}

function instant(text: string): unknown {
  const parts = timeValue.exec(text);
  if (parts === null) return text;
  const [, day, minutes = "00:00", seconds = ":00", offset = "Z"] = parts;
  return `${day} ${minutes}${seconds}${withColon(offset.toUpperCase())}`;
}

function withColon(offset: string): string {
  return offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
}

function uuidText(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
