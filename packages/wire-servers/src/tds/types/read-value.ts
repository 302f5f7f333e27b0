import type { BackingValue } from "../../shared/backing-cursor.ts";
import type { ByteReader } from "../../shared/byte-reader.ts";
import { decodeCodePage } from "./collation.ts";
import { guidText } from "./guid.ts";
import { maxLength, type SqlType } from "./sql-type.ts";
import { dayText, ticksPerDay } from "./ticks.ts";
import { byteLengthOf, type DeclaredType } from "./type-info.ts";

const daysTo1900 = 693_595n;

/** Reads a parameter's or a bulk-load row's value into the form that the database behind takes: the inverse of `writeValue`. */
export function readValue(reader: ByteReader, { type, fixed }: DeclaredType): BackingValue {
  switch (type.name) {
    case "char":
    case "varchar":
    case "nchar":
    case "nvarchar":
    case "binary":
    case "varbinary": {
      const bytes = type.length === maxLength ? readChunks(reader) : readCounted(reader);
      return bytes === null ? null : decodeBytes(type, bytes);
    }
    default: {
      const length = fixed ? byteLengthOf(type) : reader.u8();
      return length === 0 ? null : decodeScalar(type, reader, length);
    }
  }
}

function decodeBytes(type: SqlType, bytes: Buffer): BackingValue {
  if (type.name === "nchar" || type.name === "nvarchar") return bytes.toString("utf16le");
  if (type.name === "char" || type.name === "varchar") return decodeCodePage(bytes);
  return `\\x${bytes.toString("hex")}`;
}

function decodeScalar(type: SqlType, reader: ByteReader, length: number): string {
  switch (type.name) {
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      if (length === 1) return String(reader.u8());
      if (length === 2) return String(reader.i16le());
      return length === 4 ? String(reader.i32le()) : String(reader.i64le());
    case "bit":
      return reader.u8() === 0 ? "f" : "t";
    case "real":
    case "float":
      return String(length === 4 ? reader.f32le() : reader.f64le());
    case "smallmoney":
    case "money": {
      if (length === 4) return decimalText(BigInt(reader.i32le()), 4);
      const high = reader.uintle(4);
      return decimalText(BigInt.asIntN(64, (high << 32n) | reader.uintle(4)), 4);
    }
    case "decimal":
    case "numeric": {
      const positive = reader.u8() !== 0;
      const digits = reader.uintle(length - 1);
      return decimalText(positive ? digits : -digits, type.scale ?? 0);
    }
    case "date":
      return dayText(Number(reader.uintle(3)));
    case "time":
      return String(readTimeOfDay(reader, length, type.scale ?? 7));
    case "datetime2": {
      const time = readTimeOfDay(reader, length - 3, type.scale ?? 7);
      return String(reader.uintle(3) * ticksPerDay + time);
    }
    case "datetimeoffset": {
      // The wire carries the moment in UTC; the offset only says how to show it.
      const time = readTimeOfDay(reader, length - 5, type.scale ?? 7);
      const ticks = reader.uintle(3) * ticksPerDay + time;
      reader.i16le();
      return String(ticks);
    }
    case "datetime": {
      const days = BigInt(reader.i32le()) + daysTo1900;
      return String(days * ticksPerDay + (BigInt(reader.u32le()) * 100_000n) / 3n);
    }
    case "smalldatetime": {
      const days = BigInt(reader.u16le()) + daysTo1900;
      return String(days * ticksPerDay + BigInt(reader.u16le()) * 600_000_000n);
    }
    case "uniqueidentifier":
      return guidText(reader.bytes(16));
    default:
      throw new RangeError(`${type.name} is not a scalar`);
  }
}

function readTimeOfDay(reader: ByteReader, length: number, scale: number): bigint {
  return reader.uintle(length) * 10n ** BigInt(7 - scale);
}

function readCounted(reader: ByteReader): Buffer | null {
  const length = reader.u16le();
  return length === 0xffff ? null : reader.bytes(length);
}

/** PLP, [MS-TDS] 2.2.5.2.3. */
function readChunks(reader: ByteReader): Buffer | null {
  const total = reader.u64le();
  if (total === 0xffff_ffff_ffff_ffffn) return null;
  const chunks: Buffer[] = [];
  for (let length = reader.u32le(); length > 0; length = reader.u32le()) chunks.push(reader.bytes(length));
  const bytes = Buffer.concat(chunks);
  if (total !== 0xffff_ffff_ffff_fffen && BigInt(bytes.length) !== total)
    throw new RangeError("chunks of another length than announced");
  return bytes;
}

/** The text of an exact number of units. */
export function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const sign = units < 0n ? "-" : "";
  return scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-scale)}`;
}
