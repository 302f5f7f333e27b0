import type { ColumnInfo, LogicalType } from "@nsj/mdb-core";
import { binary, type Decode, text } from "./decoders.ts";
import type { PacketReader } from "./packet-reader.ts";

/** One column of a result: what core is told, and how its values are read from either protocol. A decoder begins behind a value's length, if it has one. */
export interface Column {
  readonly info: ColumnInfo;
  /** Of the protocol of prepared statements. */
  readonly binary: Decode;
  /** Of the text protocol: behind the length, which is given. */
  readonly text: (reader: PacketReader, length: number) => unknown;
}

/** What a definition of a column says. */
interface Definition {
  readonly name: string;
  /** MariaDB's own types, which look like others on the wire: `"uuid"`, `"inet6"`, `"point"`. */
  readonly extendedType: string | undefined;
  readonly isJson: boolean;
  readonly isBinary: boolean;
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly decimals: number;
}

const notNull = 0x1;
const unsigned = 0x20;
const isEnum = 0x100;
const isSet = 0x800;
const binaryCharset = 63;

/** @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html */
export function readColumn(reader: PacketReader, extended: boolean, tinyint1IsBoolean: boolean): Column {
  for (let skipped = 0; skipped < 4; skipped++) reader.skip(reader.length());
  const name = reader.text(reader.length());
  reader.skip(reader.length());
  let extendedType: string | undefined;
  let isJson = false;
  if (extended) {
    const end = reader.length() + reader.at;
    while (reader.at < end) {
      const kind = reader.u8();
      const value = reader.text(reader.length());
      if (kind === 0) extendedType = value;
      else isJson ||= value === "json";
    }
    reader.at = end;
  }
  reader.skip(1);
  const isBinary = reader.u16() === binaryCharset;
  const definition = { length: reader.u32(), type: reader.u8(), flags: reader.u16(), decimals: reader.u8() };
  return describe({ name, extendedType, isJson, isBinary, ...definition }, tinyint1IsBoolean);
}

function describe(definition: Definition, tinyint1IsBoolean: boolean): Column {
  const { name, extendedType, isJson, isBinary, length, type, flags, decimals } = definition;
  const isUnsigned = (flags & unsigned) !== 0;
  const column = (
    logical: LogicalType,
    databaseType: string,
    decode: { readonly binary: Decode; readonly text: Column["text"] },
    more?: Partial<ColumnInfo>,
  ): Column => {
    const info = { name, databaseType, type: logical, nullable: (flags & notNull) === 0, ...more };
    return { info, binary: decode.binary, text: decode.text };
  };
  const integer = (databaseType: string, read: Decode): Column =>
    column("integer", isUnsigned ? `${databaseType} unsigned` : databaseType, { binary: read, text: text.integer });
  if (isJson) return column("json", "json", texts);
  if (extendedType === "uuid") return column("uuid", "uuid", texts);
  if (extendedType !== undefined && type !== geometry) {
    return isBinary ? column("any", extendedType, bytes) : column("string", extendedType, texts);
  }
  switch (type) {
    case 1:
      // BOOLEAN is TINYINT(1), and the width is all that tells it from a number.
      if (length === 1 && tinyint1IsBoolean && !isUnsigned) return column("boolean", "tinyint(1)", booleans);
      return integer("tinyint", isUnsigned ? binary.u8 : binary.i8);
    case 2:
      return integer("smallint", isUnsigned ? binary.u16 : binary.i16);
    case 3:
      return integer("int", isUnsigned ? binary.u32 : binary.i32);
    case 4:
      return column("float", "float", { binary: binary.float, text: text.float });
    case 5:
      return column("float", "double", { binary: binary.double, text: text.float });
    case 6:
      return column("dynamic", "null", texts);
    case 7:
      return column("timestamptz", "timestamp", { binary: binary.timestamp, text: text.timestamp });
    case 8:
      return integer("bigint", isUnsigned ? binary.u64 : binary.i64);
    case 9:
      return integer("mediumint", binary.i32);
    case 10:
    case 14:
      return column("date", "date", { binary: binary.date, text: text.date });
    case 11:
      return column("time", "time", { binary: binary.time, text: text.string });
    case 12:
      return column("timestamp", "datetime", { binary: binary.datetime, text: text.datetime });
    case 13:
      return integer("year", binary.u16);
    case 16:
      return length === 1 ? column("boolean", "bit(1)", bit) : column("integer", `bit(${length})`, bits);
    case 0:
    case 246: {
      const precision = length - (isUnsigned ? 0 : 1) - (decimals > 0 ? 1 : 0);
      return column("decimal", "decimal", texts, { precision, scale: decimals });
    }
    case 242:
      return column("any", "vector", bytes);
    case 245:
      return column("json", "json", texts);
    case geometry:
      return column("any", extendedType ?? "geometry", bytes);
    default: {
      if ((flags & isEnum) !== 0 || type === 247) return column("string", "enum", texts);
      if ((flags & isSet) !== 0 || type === 248) return column("string", "set", texts);
      const isLong = type >= 249 && type <= 252;
      const isFixed = type === 254;
      if (isBinary) return column("bytes", isLong ? "blob" : isFixed ? "binary" : "varbinary", bytes);
      return column("string", isLong ? "text" : isFixed ? "char" : "varchar", texts);
    }
  }
}

const geometry = 255;
const texts = { binary: binary.string, text: text.string };
const bytes = { binary: binary.bytes, text: text.bytes };
const booleans = { binary: binary.boolean, text: text.boolean };
const bit = { binary: binary.bit, text: text.bit };
const bits = { binary: binary.bits, text: text.bits };
