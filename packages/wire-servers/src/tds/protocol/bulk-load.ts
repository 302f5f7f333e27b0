import type { BackingValue } from "../../shared/backing-cursor.ts";
import { ByteReader } from "../../shared/byte-reader.ts";
import { readValue } from "../types/read-value.ts";
import type { SqlType } from "../types/sql-type.ts";
import { readTypeInfo } from "../types/type-info.ts";

/** Rows of a bulk load. */
export interface BulkLoadData {
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly rows: readonly (readonly BackingValue[])[];
}

/** Reads BulkLoadBCP, [MS-TDS] 2.2.6.1: COLMETADATA, rows, DONE. */
export function readBulkLoad(payload: Buffer): BulkLoadData {
  const reader = new ByteReader(payload);
  expect(reader, 0x81);
  const declared = Array.from({ length: reader.u16le() }, () => {
    reader.u32le();
    reader.u16le();
    const type = readTypeInfo(reader);
    return { type, name: reader.utf16(reader.u8()) };
  });
  const rows: BackingValue[][] = [];
  for (let token = reader.u8(); token !== 0xfd; token = reader.u8()) {
    if (token !== 0xd1) throw new RangeError(`token 0x${token.toString(16)} in a bulk load`);
    rows.push(declared.map(({ type }) => readValue(reader, type)));
  }
  return { columns: declared.map(({ name, type }) => ({ name, type: type.type })), rows };
}

function expect(reader: ByteReader, token: number): void {
  const found = reader.u8();
  if (found !== token) throw new RangeError(`token 0x${found.toString(16)} where 0x${token.toString(16)} is due`);
}
