import type { BackingValue } from "../../shared/backing-cursor.ts";
import { ByteReader } from "../../shared/byte-reader.ts";
import { readValue } from "../types/read-value.ts";
import type { SqlType } from "../types/sql-type.ts";
import { readTypeInfo } from "../types/type-info.ts";

/** Procedures that have a number instead of a name, [MS-TDS] 2.2.6.6. */
const procedureNumbers: Readonly<Record<number, string>> = {
  10: "sp_executesql",
  11: "sp_prepare",
  12: "sp_execute",
  13: "sp_prepexec",
  15: "sp_unprepare",
};

/** A parameter of a remote procedure call. */
export interface RpcParameter {
  /** With its `@`; empty for a parameter by position. */
  readonly name: string;
  readonly type: SqlType;
  readonly value: BackingValue;
  /** The client wants the value back. */
  readonly output: boolean;
}

/** A remote procedure call. */
export interface RpcRequest {
  readonly procedure: string;
  readonly parameters: readonly RpcParameter[];
}

/** Reads RPCRequest, [MS-TDS] 2.2.6.6, from the byte after ALL_HEADERS. */
export function readRpc(payload: Buffer): RpcRequest {
  const reader = new ByteReader(payload, payload.readUInt32LE(0));
  const nameLength = reader.u16le();
  const procedure = nameLength === 0xffff ? numbered(reader.u16le()) : reader.utf16(nameLength);
  reader.u16le();
  const parameters: RpcParameter[] = [];
  while (reader.left > 0) {
    const name = reader.utf16(reader.u8());
    const status = reader.u8();
    const declared = readTypeInfo(reader);
    parameters.push({
      name,
      type: declared.type,
      value: readValue(reader, declared),
      output: (status & 0x01) !== 0,
    });
  }
  return { procedure, parameters };
}

function numbered(id: number): string {
  const name = procedureNumbers[id];
  if (name === undefined) throw new RangeError(`procedure number ${id} is not known to this server`);
  return name;
}
