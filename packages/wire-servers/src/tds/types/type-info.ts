import type { ByteReader } from "../../shared/byte-reader.ts";
import type { ByteWriter } from "../../shared/byte-writer.ts";
import { collation } from "./collation.ts";
import { maxLength, plain, type SqlType, sqlType } from "./sql-type.ts";

/** Type tokens of [MS-TDS] 2.2.5.4. */
const token = {
  guid: 0x24,
  intN: 0x26,
  date: 0x28,
  time: 0x29,
  datetime2: 0x2a,
  datetimeoffset: 0x2b,
  bitN: 0x68,
  decimalN: 0x6a,
  numericN: 0x6c,
  floatN: 0x6d,
  moneyN: 0x6e,
  datetimeN: 0x6f,
  varbinary: 0xa5,
  varchar: 0xa7,
  binary: 0xad,
  char: 0xaf,
  nvarchar: 0xe7,
  nchar: 0xef,
} as const;

/** Tokens of fixed length, which the server uses for columns that cannot be NULL ([MS-TDS] 2.2.5.4.1). */
const fixedTokens: Partial<Record<SqlType["name"], number>> = {
  tinyint: 0x30,
  bit: 0x32,
  smallint: 0x34,
  int: 0x38,
  smalldatetime: 0x3a,
  real: 0x3b,
  money: 0x3c,
  datetime: 0x3d,
  float: 0x3e,
  smallmoney: 0x7a,
  bigint: 0x7f,
};

/** Bytes of a value, where the type alone says it. */
const byteLengths: Partial<Record<SqlType["name"], number>> = {
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  bit: 1,
  real: 4,
  float: 8,
  smallmoney: 4,
  money: 8,
  smalldatetime: 4,
  datetime: 8,
};

/** Bytes of a value of a type that has but one length. */
export function byteLengthOf(type: SqlType): number {
  const length = byteLengths[type.name];
  if (length === undefined) throw new RangeError(`${type.name} has no fixed length`);
  return length;
}

/** Whether a column of this type that cannot be NULL is sent without a length before each value. */
export function hasFixedForm(type: SqlType): boolean {
  return fixedTokens[type.name] !== undefined;
}

/** Bytes of a decimal's sign and digits: [MS-TDS] 2.2.5.5.1.6. */
export function decimalByteLength(precision: number): number {
  if (precision <= 9) return 5;
  if (precision <= 19) return 9;
  return precision <= 28 ? 13 : 17;
}

/** Bytes of the time part for a scale: [MS-TDS] 2.2.5.5.1.8. */
export function timeByteLength(scale: number): number {
  if (scale <= 2) return 3;
  return scale <= 4 ? 4 : 5;
}

/** TYPE_INFO, [MS-TDS] 2.2.5.6. */
export function writeTypeInfo(writer: ByteWriter, type: SqlType, nullable: boolean): void {
  const fixed = fixedTokens[type.name];
  if (!nullable && fixed !== undefined) {
    writer.u8(fixed);
    return;
  }
  switch (type.name) {
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      writer.u8(token.intN).u8(byteLengthOf(type));
      return;
    case "bit":
      writer.u8(token.bitN).u8(1);
      return;
    case "real":
    case "float":
      writer.u8(token.floatN).u8(byteLengthOf(type));
      return;
    case "smallmoney":
    case "money":
      writer.u8(token.moneyN).u8(byteLengthOf(type));
      return;
    case "smalldatetime":
    case "datetime":
      writer.u8(token.datetimeN).u8(byteLengthOf(type));
      return;
    case "decimal":
    case "numeric": {
      const precision = type.precision ?? 18;
      const id = type.name === "decimal" ? token.decimalN : token.numericN;
      writer
        .u8(id)
        .u8(decimalByteLength(precision))
        .u8(precision)
        .u8(type.scale ?? 0);
      return;
    }
    case "date":
      writer.u8(token.date);
      return;
    case "time":
    case "datetime2":
    case "datetimeoffset":
      writer.u8(token[type.name]).u8(type.scale ?? 7);
      return;
    case "uniqueidentifier":
      writer.u8(token.guid).u8(16);
      return;
    case "binary":
    case "varbinary":
      writer.u8(token[type.name]).u16le(wireLength(type, 1));
      return;
    case "char":
    case "varchar":
      writer.u8(token[type.name]).u16le(wireLength(type, 1)).bytes(collation);
      return;
    case "nchar":
    case "nvarchar":
      writer.u8(token[type.name]).u16le(wireLength(type, 2)).bytes(collation);
  }
}

function wireLength(type: SqlType, unit: number): number {
  return type.length === maxLength ? 0xffff : (type.length ?? 1) * unit;
}

/** A type as a client declares it, and whether its values come without a length. */
export interface DeclaredType {
  readonly type: SqlType;
  readonly fixed: boolean;
}

/** Reads TYPE_INFO of a parameter or a bulk-load column. Throws on types that the server does not know. */
export function readTypeInfo(reader: ByteReader): DeclaredType {
  const id = reader.u8();
  const [fixedName] = Object.entries(fixedTokens).find(([, value]) => value === id) ?? [];
  if (fixedName !== undefined) return { type: plain(fixedName as SqlType["name"]), fixed: true };
  return { type: readVariableType(id, reader), fixed: false };
}

function readVariableType(id: number, reader: ByteReader): SqlType {
  switch (id) {
    case token.intN:
      return ofLength(reader.u8(), ["tinyint", "smallint", "int", "bigint"]);
    case token.floatN:
      return ofLength(reader.u8(), ["real", "float"]);
    case token.moneyN:
      return ofLength(reader.u8(), ["smallmoney", "money"]);
    case token.datetimeN:
      return ofLength(reader.u8(), ["smalldatetime", "datetime"]);
    case token.bitN:
      return ofLength(reader.u8(), ["bit"]);
    case token.guid:
      reader.u8();
      return plain("uniqueidentifier");
    case token.decimalN:
    case token.numericN: {
      reader.u8();
      return known(sqlType(id === token.decimalN ? "decimal" : "numeric", [reader.u8(), reader.u8()]));
    }
    case token.date:
      return plain("date");
    case token.time:
      return known(sqlType("time", [reader.u8()]));
    case token.datetime2:
      return known(sqlType("datetime2", [reader.u8()]));
    case token.datetimeoffset:
      return known(sqlType("datetimeoffset", [reader.u8()]));
    case token.varbinary:
      return textual("varbinary", reader, 1, false);
    case token.binary:
      return textual("binary", reader, 1, false);
    case token.varchar:
      return textual("varchar", reader, 1, true);
    case token.char:
      return textual("char", reader, 1, true);
    case token.nvarchar:
      return textual("nvarchar", reader, 2, true);
    case token.nchar:
      return textual("nchar", reader, 2, true);
    default:
      throw new RangeError(`type 0x${id.toString(16)} is not known to this server`);
  }
}

function textual(name: SqlType["name"], reader: ByteReader, unit: number, collated: boolean): SqlType {
  const length = reader.u16le();
  if (collated) reader.bytes(5);
  return { name, length: length === 0xffff ? maxLength : Math.max(1, length / unit) };
}

function ofLength(length: number, names: readonly SqlType["name"][]): SqlType {
  return known(names.map(plain).find((type) => byteLengthOf(type) === length));
}

function known(type: SqlType | undefined): SqlType {
  if (type === undefined) throw new RangeError("a type with facets that do not fit it");
  return type;
}
