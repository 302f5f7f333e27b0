import { singlePrecision } from "@nsj/mdb-core";
import { unreadable } from "./faults.ts";
import type { PacketReader } from "./packet-reader.ts";

/** Reads one value that is not NULL. */
export type Decode = (reader: PacketReader) => unknown;

/**
 * The protocol of prepared statements.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
export const binary = {
  i8: (reader: PacketReader) => (reader.u8() << 24) >> 24,
  u8: (reader: PacketReader) => reader.u8(),
  i16: (reader: PacketReader) => (reader.u16() << 16) >> 16,
  u16: (reader: PacketReader) => reader.u16(),
  i32: (reader: PacketReader) => reader.i32(),
  u32: (reader: PacketReader) => reader.u32(),
  i64: (reader: PacketReader) => reader.i64(),
  u64: (reader: PacketReader) => reader.u64(),
  boolean: (reader: PacketReader) => asBoolean(reader.u8()),
  float(reader: PacketReader): number {
    const value = reader.buffer.readFloatLE(reader.at);
    reader.skip(4);
    return singlePrecision(value);
  },
  double(reader: PacketReader): number {
    const value = reader.buffer.readDoubleLE(reader.at);
    reader.skip(8);
    return value;
  },
  string: (reader: PacketReader) => reader.text(reader.length()),
  bytes: (reader: PacketReader) => reader.bytes(reader.length()),
  bit: (reader: PacketReader) => text.bit(reader, reader.length()),
  bits: (reader: PacketReader) => text.bits(reader, reader.length()),
  date(reader: PacketReader): string {
    const length = reader.u8();
    if (length === 0) throw noDate();
    const text = dayText(reader);
    reader.skip(length - 4);
    return text;
  },
  datetime(reader: PacketReader): Date | string {
    return momentOf(reader) ?? momentText(reader);
  },
  timestamp(reader: PacketReader): Date | string {
    if (reader.zone.isUtc) {
      const moment = momentOf(reader);
      if (moment !== undefined) return moment;
    }
    return momentText(reader) + offsetOf(reader);
  },
  time(reader: PacketReader): string {
    const length = reader.u8();
    if (length === 0) return "00:00:00";
    const sign = reader.u8() === 1 ? "-" : "";
    const days = reader.u32();
    const hours = days * 24 + reader.u8();
    const clock = `${sign}${two(hours)}:${two(reader.u8())}:${two(reader.u8())}`;
    return length > 8 ? `${clock}.${String(reader.u32()).padStart(6, "0")}` : clock;
  },
};

/** The text protocol: what cannot be prepared answers by it. */
export const text = {
  string: (reader: PacketReader, length: number) => reader.text(length),
  bytes: (reader: PacketReader, length: number) => reader.bytes(length),
  integer(reader: PacketReader, length: number): number | string {
    const digits = reader.text(length);
    return length < 16 ? Number(digits) : digits;
  },
  float: (reader: PacketReader, length: number) => Number(reader.text(length)),
  boolean: (reader: PacketReader, length: number) => asBoolean(Number(reader.text(length))),
  bit: (reader: PacketReader, length: number) => reader.bytes(length).at(-1) === 1,
  bits(reader: PacketReader, length: number): number | bigint {
    const value = BigInt(`0x${reader.bytes(length).toString("hex") || "0"}`);
    return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  },
  date: (reader: PacketReader, length: number) => checkedDate(reader.text(length)),
  datetime: (reader: PacketReader, length: number) => checkedDate(reader.text(length)),
  timestamp: (reader: PacketReader, length: number) => checkedDate(reader.text(length)) + offsetOf(reader),
};

const msOfDay = 86_400_000;

/** A moment as a Date, in UTC; `undefined`, with nothing read, for one of more digits than that has. What is zero at its end the server leaves out. */
function momentOf(reader: PacketReader): Date | undefined {
  const { buffer, at } = reader;
  const length = buffer[at] as number;
  if (length < 4) throw noDate();
  let ms = 0;
  if (length >= 11) {
    reader.at = at + 8;
    const microsecond = reader.u32();
    if (microsecond % 1_000 !== 0) {
      reader.at = at;
      return undefined;
    }
    ms = microsecond / 1_000;
  }
  if (length >= 7) {
    const hours = buffer[at + 5] as number;
    const minutes = buffer[at + 6] as number;
    ms += hours * 3_600_000 + minutes * 60_000 + (buffer[at + 7] as number) * 1_000;
  }
  reader.at = at + 1 + length;
  const year = (buffer[at + 1] as number) | ((buffer[at + 2] as number) << 8);
  return new Date(dayOf(year, buffer[at + 3] as number, buffer[at + 4] as number) * msOfDay + ms);
}

/**
 * Days since 1970. `Date.UTC` takes several times as long, and the years 0 to 99 for those of the last century.
 * @see https://howardhinnant.github.io/date_algorithms.html#days_from_civil
 */
function dayOf(year: number, month: number, day: number): number {
  if (month === 0 || day === 0) throw noDate();
  // Years that begin in March: the leap day is their last one.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** A moment with all its digits. */
function momentText(reader: PacketReader): string {
  const length = reader.u8();
  if (length === 0) throw noDate();
  const day = dayText(reader);
  if (length < 7) return `${day} 00:00:00`;
  const text = `${day} ${two(reader.u8())}:${two(reader.u8())}:${two(reader.u8())}`;
  const microsecond = length < 11 ? 0 : reader.u32();
  return microsecond === 0 ? text : `${text}.${String(microsecond).padStart(6, "0")}`;
}

function dayText(reader: PacketReader): string {
  const year = reader.u16();
  const month = reader.u8();
  const day = reader.u8();
  if (month === 0 || day === 0) throw noDate();
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Month and day stand at the same place in each form. */
function checkedDate(written: string): string {
  if (written.startsWith("00", 5) || written.startsWith("00", 8)) throw noDate();
  return written;
}

function noDate(): Error {
  return unreadable("a date without a month or a day, such as 0000-00-00, is no date; read it by cast(... as char)");
}

function offsetOf({ zone }: PacketReader): string {
  if (zone.offset !== undefined) return zone.offset;
  throw unreadable(
    "the session's time_zone was set to a name, so that the hours which come twice a year cannot be told apart; set it to an offset such as '+00:00'",
  );
}

function asBoolean(value: number): boolean {
  if (value === 0 || value === 1) return value === 1;
  throw unreadable(
    `a TINYINT(1), which is taken for a boolean, holds another number than 0 and 1; say tinyint1IsBoolean: false for this database`,
  );
}
