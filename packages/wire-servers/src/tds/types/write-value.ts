import type { ByteWriter } from "../../shared/byte-writer.ts";
import { encodeCodePage } from "./collation.ts";
import { guidBytes } from "./guid.ts";
import { maxLength, type SqlType } from "./sql-type.ts";
import { daysOf, ticksPerDay } from "./ticks.ts";
import { decimalByteLength, hasFixedForm, timeByteLength } from "./type-info.ts";

/** 1900-01-01, day 0 of `datetime` and `smalldatetime`, in days since 0001-01-01. */
const daysTo1900 = 693_595n;

/**
 * Writes a value as the database behind gives it: numbers and text as they read, `datetime2` and its kin as ticks since 0001-01-01
 * (`time`: since midnight), `bit` as `t` or `f`, bytes as `\x...`. [MS-TDS] 2.2.5.5 (values) and 2.2.5.2.1 (lengths).
 */
export function writeValue(writer: ByteWriter, type: SqlType, nullable: boolean, value: string | null): void {
  if (value === null) {
    writeNull(writer, type);
    return;
  }
  const fixed = !nullable && hasFixedForm(type);
  switch (type.name) {
    case "tinyint":
      prefix(writer, fixed, 1).u8(Number(value));
      return;
    case "smallint":
      prefix(writer, fixed, 2).i16le(Number(value));
      return;
    case "int":
      prefix(writer, fixed, 4).i32le(Number(value));
      return;
    case "bigint":
      prefix(writer, fixed, 8).i64le(BigInt(value));
      return;
    case "bit":
      prefix(writer, fixed, 1).u8(value === "t" || value === "1" ? 1 : 0);
      return;
    case "real":
      prefix(writer, fixed, 4).f32le(finite(value));
      return;
    case "float":
      prefix(writer, fixed, 8).f64le(finite(value));
      return;
    case "money": {
      // The high half comes first ([MS-TDS] 2.2.5.5.1.4).
      const bits = BigInt.asUintN(64, scaled(value, 4));
      prefix(writer, fixed, 8)
        .uintle(bits >> 32n, 4)
        .uintle(bits & 0xffffffffn, 4);
      return;
    }
    case "smallmoney":
      prefix(writer, fixed, 4).i32le(Number(scaled(value, 4)));
      return;
    case "decimal":
    case "numeric": {
      const length = decimalByteLength(type.precision ?? 18);
      const digits = scaled(value, type.scale ?? 0);
      writer.u8(length).u8(digits < 0n ? 0 : 1);
      writer.uintle(digits < 0n ? -digits : digits, length - 1);
      return;
    }
    case "date":
      writer.u8(3).uintle(BigInt(days(value)), 3);
      return;
    case "time":
      writer.u8(timeByteLength(type.scale ?? 7));
      writeTimeOfDay(writer, BigInt(value), type.scale ?? 7);
      return;
    case "datetime2":
    case "datetimeoffset": {
      const ticks = BigInt(value);
      const scale = type.scale ?? 7;
      const offset = type.name === "datetimeoffset";
      writer.u8(timeByteLength(scale) + 3 + (offset ? 2 : 0));
      writeTimeOfDay(writer, ticks % ticksPerDay, scale);
      writer.uintle(ticks / ticksPerDay, 3);
      if (offset) writer.i16le(0);
      return;
    }
    case "datetime": {
      const ticks = BigInt(value);
      const day = ticks / ticksPerDay - daysTo1900;
      // Units of 1/300 second, rounded to the nearest one.
      const units = ((ticks % ticksPerDay) * 3n + 50_000n) / 100_000n;
      prefix(writer, fixed, 8).i32le(Number(day)).u32le(Number(units));
      return;
    }
    case "smalldatetime": {
      const ticks = BigInt(value);
      const minutes = (ticks % ticksPerDay) / 600_000_000n;
      prefix(writer, fixed, 4)
        .u16le(Number(ticks / ticksPerDay - daysTo1900))
        .u16le(Number(minutes));
      return;
    }
    case "uniqueidentifier":
      writer.u8(16).bytes(guidBytes(value));
      return;
    case "char":
    case "varchar":
      writeBytes(writer, type, encodeCodePage(value));
      return;
    case "nchar":
    case "nvarchar":
      writeBytes(writer, type, Buffer.from(value, "utf16le"));
      return;
    case "binary":
    case "varbinary":
      writeBytes(writer, type, Buffer.from(value.slice(2), "hex"));
  }
}

function writeNull(writer: ByteWriter, type: SqlType): void {
  switch (type.name) {
    case "char":
    case "varchar":
    case "nchar":
    case "nvarchar":
    case "binary":
    case "varbinary":
      if (type.length === maxLength) writer.u64le(0xffff_ffff_ffff_ffffn);
      else writer.u16le(0xffff);
      return;
    default:
      writer.u8(0);
  }
}

function prefix(writer: ByteWriter, fixed: boolean, length: number): ByteWriter {
  return fixed ? writer : writer.u8(length);
}

/** Bytes with a 16-bit length, or in chunks when the type is `(max)` (PLP, [MS-TDS] 2.2.5.2.3). */
function writeBytes(writer: ByteWriter, type: SqlType, bytes: Buffer): void {
  if (type.length !== maxLength) {
    writer.u16le(bytes.length).bytes(bytes);
    return;
  }
  writer.u64le(BigInt(bytes.length));
  if (bytes.length > 0) writer.u32le(bytes.length).bytes(bytes);
  writer.u32le(0);
}

function writeTimeOfDay(writer: ByteWriter, ticks: bigint, scale: number): void {
  const unit = 10n ** BigInt(7 - scale);
  if (ticks % unit !== 0n) throw new RangeError(`a time with more than ${scale} fraction digits`);
  writer.uintle(ticks / unit, timeByteLength(scale));
}

/** The exact digits of a decimal as an integer of units of its scale. */
export function scaled(value: string, scale: number): bigint {
  const [, sign, whole = "", fraction = ""] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(value) ?? [];
  if (sign === undefined || whole + fraction === "") throw new RangeError(`not a decimal: ${value}`);
  const kept = fraction.replace(/0+$/, "");
  if (kept.length > scale) throw new RangeError(`a decimal with more than ${scale} fraction digits`);
  const digits = BigInt(whole + kept.padEnd(scale, "0"));
  return sign === "-" ? -digits : digits;
}

function finite(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new RangeError("SQL Server has no infinity and no NaN");
  return number;
}

function days(value: string): number {
  const result = daysOf(value);
  if (result === undefined) throw new RangeError(`not a date of the years 1 to 9999: ${value}`);
  return result;
}
