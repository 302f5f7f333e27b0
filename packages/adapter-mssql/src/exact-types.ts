import { parseDecimal, unitsAt } from "./decimals.ts";
import { refusal } from "./faults.ts";
import { checkedMoment, type Moment, momentOfDate, parseMoment, ticksPerDay } from "./moments.ts";
import type { NativeBuffer, NativeParameter, NativeType } from "./native.ts";

/** Types of [MS-TDS] 2.2.5.4 that the driver's own types write through floating-point numbers or local dates. */
const token = {
  date: 0x28,
  time: 0x29,
  datetime2: 0x2a,
  datetimeoffset: 0x2b,
  decimal: 0x6a,
  money: 0x6e,
  datetime: 0x6f,
} as const;

/** A value that a type here has encoded: nothing that a caller could give. */
class Encoded {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** A data type whose facets are fixed and whose values are encoded by us. */
function exactType(
  id: number,
  name: string,
  typeInfo: readonly number[],
  encode: (value: unknown) => Buffer,
): NativeType {
  const info = Buffer.from([id, ...typeInfo]);
  return {
    id,
    type: name.toUpperCase(),
    name,
    declaration: () => name,
    writeTypeInfo: (buffer: NativeBuffer) => buffer.writeBuffer(info),
    writeValue(buffer: NativeBuffer, { value }: NativeParameter) {
      if (value === null || value === undefined) {
        buffer.writeUInt8(0);
        return;
      }
      if (!(value instanceof Encoded)) throw new TypeError(`a ${name} was not validated before it is written`);
      buffer.writeUInt8(value.bytes.length);
      buffer.writeBuffer(value.bytes);
    },
    // Encoding happens here, because here the driver still expects a value that does not fit. What was validated it validates again.
    validate(value) {
      if (value === null || value === undefined) return null;
      return value instanceof Encoded ? value : new Encoded(encode(value));
    },
  };
}

/** `decimal(precision, scale)`, exact for all 38 digits. Takes strings, numbers and bigints. */
export function decimalType(precision: number, scale: number, name = "decimal"): NativeType {
  const length = decimalLength(precision);
  return exactType(token.decimal, `${name}(${precision}, ${scale})`, [length, precision, scale], (value) => {
    const units = unitsAt(exactOf(value), precision, scale);
    const bytes = Buffer.alloc(length);
    // A sign, then the magnitude with its low byte first: [MS-TDS] 2.2.5.5.1.6.
    bytes[0] = units < 0n ? 0 : 1;
    writeMagnitude(bytes, 1, units < 0n ? -units : units);
    return bytes;
  });
}

/** `money` or `smallmoney`: an integer of ten-thousandths. */
export function moneyType(name: "money" | "smallmoney"): NativeType {
  const length = name === "money" ? 8 : 4;
  return exactType(token.money, name, [length], (value) => {
    const units = unitsAt(exactOf(value), name === "money" ? 19 : 10, 4);
    if (BigInt.asIntN(length * 8, units) !== units) throw refusal("value", `a value does not fit ${name}`);
    const bytes = Buffer.alloc(length);
    if (name === "smallmoney") bytes.writeInt32LE(Number(units));
    else {
      // The high half comes first: [MS-TDS] 2.2.5.5.1.4.
      bytes.writeInt32LE(Number(units >> 32n), 0);
      bytes.writeUInt32LE(Number(units & 0xffffffffn), 4);
    }
    return bytes;
  });
}

/** `date`. Takes a `Date` (its day in UTC) or text. */
export const dateType: NativeType = exactType(token.date, "date", [], (value) => {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(momentOf(value).day, 0, 3);
  return bytes;
});

/** `time(scale)`, `datetime2(scale)` or `datetimeoffset(scale)`. Takes a `Date` (in UTC) or text. */
export function momentType(name: "time" | "datetime2" | "datetimeoffset", scale: number): NativeType {
  const timeLength = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  const length = timeLength + (name === "time" ? 0 : 3) + (name === "datetimeoffset" ? 2 : 0);
  return exactType(token[name], `${name}(${scale})`, [scale], (value) => {
    const moment = rounded(momentOf(value), scale);
    const bytes = Buffer.alloc(length);
    writeMagnitude(bytes, 0, moment.ticks / 10n ** BigInt(7 - scale), timeLength);
    if (name !== "time") bytes.writeUIntLE(moment.day, timeLength, 3);
    if (name === "datetimeoffset") bytes.writeInt16LE(moment.offset ?? 0, timeLength + 3);
    return bytes;
  });
}

/** 1900-01-01 in days since 0001-01-01. */
const day1900 = 693_595;

/** `datetime`, in units of 1/300 of a second, or `smalldatetime`, in minutes: what these types can hold. */
export function oldMomentType(name: "datetime" | "smalldatetime"): NativeType {
  const length = name === "datetime" ? 8 : 4;
  return exactType(token.datetime, name, [length], (value) => {
    const { day, ticks } = momentOf(value);
    const unit = name === "datetime" ? 300n : 1n;
    const perUnit = name === "datetime" ? 10_000_000n : 600_000_000n;
    let units = (ticks * unit + perUnit / 2n) / perUnit;
    let days = day - day1900;
    if (units === (ticksPerDay * unit) / perUnit) {
      units = 0n;
      days += 1;
    }
    const bytes = Buffer.alloc(length);
    if (name === "datetime") {
      if (days < -53_690 || days > 2_958_463) throw refusal("value", "a datetime outside the years 1753 to 9999");
      bytes.writeInt32LE(days, 0);
      bytes.writeUInt32LE(Number(units), 4);
    } else {
      if (days < 0 || days > 65_535) throw refusal("value", "a smalldatetime outside the years 1900 to 2079");
      bytes.writeUInt16LE(days, 0);
      bytes.writeUInt16LE(Number(units), 2);
    }
    return bytes;
  });
}

/** Bytes of a decimal with its sign, by its precision: [MS-TDS] 2.2.5.5.1.6. */
function decimalLength(precision: number): number {
  if (precision <= 9) return 5;
  if (precision <= 19) return 9;
  return precision <= 28 ? 13 : 17;
}

function exactOf(value: unknown) {
  const text = typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? String(value) : "";
  const found = parseDecimal(text);
  if (found === undefined) throw refusal("value", "a value is not a decimal number");
  return found;
}

function momentOf(value: unknown): Moment {
  if (value instanceof Date) return momentOfDate(value);
  if (typeof value === "string") return parseMoment(value);
  throw refusal("value", "a value is neither a Date nor text where a date or time is due");
}

/** The nearest moment that a scale can hold, as SQL Server rounds. @throws DriverFault when that is in the year 10 000 */
function rounded(moment: Moment, scale: number): Moment {
  const unit = 10n ** BigInt(7 - scale);
  const ticks = ((moment.ticks + unit / 2n) / unit) * unit;
  if (ticks < ticksPerDay) return { ...moment, ticks };
  return checkedMoment({ ...moment, day: moment.day + 1, ticks: 0n });
}

function writeMagnitude(bytes: Buffer, at: number, value: bigint, length = bytes.length - at): void {
  let rest = value;
  for (let index = 0; index < length; index++) {
    bytes[at + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}
