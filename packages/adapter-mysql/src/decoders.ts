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
    return shortest(value);
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
    const { year, month, day } = readMoment(reader);
    return dateText(year, month, day);
  },
  datetime(reader: PacketReader): Date | string {
    const moment = readMoment(reader);
    return moment.microsecond % 1_000 === 0 ? dateOf(moment) : textOf(moment);
  },
  timestamp(reader: PacketReader): Date | string {
    const moment = readMoment(reader);
    if (reader.zone.isUtc && moment.microsecond % 1_000 === 0) return dateOf(moment);
    return textOf(moment) + offsetOf(reader);
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

interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

/** What is zero at the end is left out. */
function readMoment(reader: PacketReader): Moment {
  const length = reader.u8();
  const hasTime = length >= 7;
  const moment = {
    year: length >= 4 ? reader.u16() : 0,
    month: length >= 4 ? reader.u8() : 0,
    day: length >= 4 ? reader.u8() : 0,
    hour: hasTime ? reader.u8() : 0,
    minute: hasTime ? reader.u8() : 0,
    second: hasTime ? reader.u8() : 0,
    microsecond: length >= 11 ? reader.u32() : 0,
  };
  if (moment.month === 0 || moment.day === 0) throw noDate();
  return moment;
}

function dateOf({ year, month, day, hour, minute, second, microsecond }: Moment): Date {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, microsecond / 1_000));
  // Date.UTC takes the years 0 to 99 for those of the last century.
  if (year < 100) date.setUTCFullYear(year, month - 1, day);
  return date;
}

function textOf({ year, month, day, hour, minute, second, microsecond }: Moment): string {
  const fraction = microsecond === 0 ? "" : `.${String(microsecond).padStart(6, "0")}`;
  return `${dateText(year, month, day)} ${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}

function dateText(year: number, month: number, day: number): string {
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

/** The shortest decimal number that this single-precision one stands for: 0.1, and not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
}
