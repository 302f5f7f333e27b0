import type { NativeConnection } from "./native.ts";

/** The part of the driver's insides that reads dates off the wire. */
interface DateReader {
  parseOracleDate(bytes: Buffer, useLocalTime: boolean, useDatabaseZone: boolean): unknown;
  readonly caps?: { readonly dbTzOffset?: number | null; readonly dbTzRegion?: string | null };
}

/**
 * Makes one connection give DATE and TIMESTAMP as the text of their fields.
 *
 * The driver makes a `Date` in the process's own time zone: an hour that the zone skips comes out as another hour, the years 0 to 99 as
 * 1900 to 1999, and what is finer than a millisecond is lost. The fields are exact only where they are still bytes. So the reader of this
 * connection, an object of its own, gets another method to read them with; nothing that other users of the driver see is touched.
 *
 * Says whether it could be done: `false` for a version of the driver that works in another way.
 */
export function readDatesAsText(connection: NativeConnection): boolean {
  const reader = (connection as { readonly _impl?: { readonly _protocol?: { readonly readBuf?: unknown } } })._impl
    ?._protocol?.readBuf;
  if (!isDateReader(reader)) return false;
  const original = reader.parseOracleDate;
  reader.parseOracleDate = (bytes, useLocalTime, useDatabaseZone) => {
    if (useLocalTime) return fieldsOf(bytes);
    if (!useDatabaseZone) return `${withFraction(fieldsOf(bytes))}+00:00`;
    const { dbTzOffset, dbTzRegion } = reader.caps ?? {};
    // In a database whose own zone is a region the driver refuses the value, and so do we.
    if (dbTzRegion || typeof dbTzOffset !== "number")
      return original.call(reader, bytes, useLocalTime, useDatabaseZone);
    return `${withFraction(fieldsOf(bytes))}${offsetText(dbTzOffset)}`;
  };
  return true;
}

/** 3 February 2001, 04:05:06.789. */
const sample = Buffer.from([120, 101, 2, 3, 5, 6, 7, 0x2f, 0x07, 0x2f, 0x40]);
const sampleFields = [2001, 1, 3, 4, 5, 6, 789] as const;

/** Makes sure that the reader has the methods we know, that they mean what we think, and that the one goes through the other. */
function isDateReader(reader: unknown): reader is DateReader {
  if (typeof reader !== "object" || reader === null) return false;
  const { parseOracleDate } = reader as Partial<DateReader>;
  if (typeof parseOracleDate !== "function") return false;
  try {
    const local = parseOracleDate.call(reader as DateReader, sample, true, false);
    const utc = parseOracleDate.call(reader as DateReader, sample, false, false);
    if (!(local instanceof Date && utc instanceof Date)) return false;
    if (local.getTime() !== new Date(...sampleFields).getTime()) return false;
    if (utc.getTime() !== Date.UTC(...sampleFields)) return false;
    const marker = {};
    const probe = Object.create(Object.getPrototypeOf(reader) as object, {
      parseOracleDate: { value: () => marker },
      readBytesWithLength: { value: () => sample },
    }) as { readOracleDate(useLocalTime: boolean, useDatabaseZone: boolean): unknown };
    return probe.readOracleDate(true, false) === marker;
  } catch {
    return false;
  }
}

/** The fields as `YYYY-MM-DD HH:MM:SS[.f]`: century and year have a bias of 100, the clock one of 1, nanoseconds none. */
function fieldsOf(bytes: Buffer): string {
  const year = (bytes.readUInt8(0) - 100) * 100 + (bytes.readUInt8(1) - 100);
  const two = (at: number, bias: number) => String(bytes.readUInt8(at) - bias).padStart(2, "0");
  const nanoseconds = bytes.length >= 11 ? bytes.readUInt32BE(7) : 0;
  const fraction = nanoseconds === 0 ? "" : `.${String(nanoseconds).padStart(9, "0").replace(/0+$/, "")}`;
  const text = `${String(Math.abs(year)).padStart(4, "0")}-${two(2, 0)}-${two(3, 0)} ${two(4, 1)}:${two(5, 1)}:${two(6, 1)}${fraction}`;
  return year > 0 ? text : `${text} BC`;
}

/** NLS_TIMESTAMP_TZ_FORMAT has a point in front of the offset, which must not be missing. */
function withFraction(fields: string): string {
  return fields.includes(".") ? fields : `${fields}.0`;
}

function offsetText(minutes: number): string {
  const absolute = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

/** Whether the process's zone is the same as UTC, so that the driver's own dates are right. */
export function processIsInUtc(): boolean {
  return [0, 6].every((month) => new Date(2026, month, 1).getTimezoneOffset() === 0);
}

/**
 * A date whose local fields are those of UTC: the driver writes the local fields of what it binds as TIMESTAMP or DATE.
 */
export class UtcFields extends Date {
  override getFullYear(): number {
    return this.getUTCFullYear();
  }
  override getMonth(): number {
    return this.getUTCMonth();
  }
  override getDate(): number {
    return this.getUTCDate();
  }
  override getHours(): number {
    return this.getUTCHours();
  }
  override getMinutes(): number {
    return this.getUTCMinutes();
  }
  override getSeconds(): number {
    return this.getUTCSeconds();
  }
}
