import {
  isCharacterType,
  isLobType,
  isNational,
  nationalForm,
  type OracleColumn,
  type OracleType,
  type OracleValue,
  oracleTypeNumbers,
} from "../values/oracle-type.ts";
import { encodeValue } from "../values/wire-value.ts";
import { bindDirection, messageType } from "./codes.ts";
import type { TtcWriter } from "./ttc-writer.ts";

const utf8 = 873;
const utf16 = 2000;
/** Column flag: a check constraint says that it holds JSON. */
const isJson = 0x100;
const lobChunkSize = 8132;

/** Announces the columns of a query; `processDescribeInfo` and `processColumnInfo` of oracledb's withData.js and base.js. */
export function writeDescribe(writer: TtcWriter, columns: readonly OracleColumn[]): void {
  writer.u8(messageType.describeInfo).sized(Buffer.alloc(1));
  writeColumns(writer, columns);
}

/** What `processDescribeInfo` reads, also inside a cursor value. */
export function writeColumns(writer: TtcWriter, columns: readonly OracleColumn[]): void {
  const widest = columns.reduce((sum, column) => sum + column.size, 0);
  writer.integer(widest).integer(columns.length);
  if (columns.length > 0) writer.u8(0);
  for (const [index, column] of columns.entries()) writeColumn(writer, column, index + 1);
  writer.zeros(6);
}

function writeColumn(writer: TtcWriter, column: OracleColumn, position: number): void {
  const text = isCharacterType(column.type);
  writer
    .u8(oracleTypeNumbers[column.type])
    .u8(0)
    .u8(column.precision)
    .u8(column.scale & 0xff);
  writer.integer(column.size).zeros(4);
  if (isNational(column.type)) writer.integer(utf16).u8(nationalForm);
  else writer.integer(text ? utf8 : 0).u8(text ? 1 : 0);
  writer.integer(column.size).integer(0);
  writer.u8(column.nullable ? 1 : 0).u8(0);
  writer.doublySizedText(column.name).zeros(2);
  writer.integer(position).integer(column.json ? isJson : 0);
}

/** Announces rows; `processRowHeader`. */
export function writeRowHeader(writer: TtcWriter, columnCount: number, rowCount: number): void {
  writer.u8(messageType.rowHeader).u8(0).integer(columnCount).integer(0).integer(rowCount).zeros(3);
}

/** A LOB as a row holds it. */
export interface LobReference {
  readonly locator: Buffer;
  /** Bytes of a BLOB, UTF-16 code units of a CLOB. */
  readonly length: number;
}

/** One value of a row of a query; `processColumnData` while fetching. `lob` makes a locator for a value sent as one. */
export function writeFetched(
  writer: TtcWriter,
  type: OracleType,
  value: OracleValue,
  lob: (type: OracleType, value: string | Buffer) => LobReference,
): void {
  if (isLobType(type)) {
    if (value === null) {
      writer.integer(0);
      return;
    }
    const { locator, length } = lob(type, Buffer.isBuffer(value) ? value : String(value));
    writer.integer(locator.length).integer(length).integer(lobChunkSize).sized(locator);
    return;
  }
  if (type === "JSON") throw new RangeError("the TNS test server sends JSON as text only");
  writer.sized(encodeValue(type, value));
  // An indicator and a return code follow what is fetched as LONG.
  if (type.startsWith("LONG")) writer.zeros(2);
}

/** One value of an output bind; `processColumnData` outside a fetch, which reads how many bytes were cut off after it. */
export function writeReturned(
  writer: TtcWriter,
  type: OracleType,
  value: OracleValue,
  lob: (type: OracleType, value: string | Buffer) => LobReference,
): void {
  writeFetched(writer, type === "LONG" ? "VARCHAR2" : type === "LONG RAW" ? "RAW" : type, value, lob);
  writer.u8(0);
}

/** Tells which binds of a PL/SQL block are read, written or both; `processIOVector`. */
export function writeIoVector(writer: TtcWriter, directions: readonly ("in" | "out" | "inout")[]): void {
  const count = directions.length;
  writer
    .u8(messageType.ioVector)
    .u8(0)
    .integer(count % 256)
    .integer(Math.floor(count / 256))
    .zeros(4);
  for (const direction of directions) {
    writer.u8(direction === "in" ? bindDirection.in : direction === "out" ? bindDirection.out : bindDirection.inOut);
  }
}
