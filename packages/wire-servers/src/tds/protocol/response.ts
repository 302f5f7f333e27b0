import { ByteWriter } from "../../shared/byte-writer.ts";
import { collation } from "../types/collation.ts";
import type { SqlType } from "../types/sql-type.ts";
import { writeTypeInfo } from "../types/type-info.ts";
import { writeValue } from "../types/write-value.ts";

/** What COLMETADATA tells about a column. */
export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** UserType, [MS-TDS] 2.2.7.4: 0x50 says that a `binary(8)` is a `rowversion`. */
  readonly userType?: number;
  readonly identity?: boolean;
  readonly computed?: boolean;
}

/** An error or message of the server, [MS-TDS] 2.2.7.10 and 2.2.7.13. */
export interface ServerMessage {
  readonly number: number;
  readonly state: number;
  /** The severity: 0 to 10 is information, 11 and above an error, 20 and above ends the connection. */
  readonly severity: number;
  readonly text: string;
  readonly procedure: string;
  readonly line: number;
}

/** Types of ENVCHANGE, [MS-TDS] 2.2.7.9. */
export const environment = {
  database: 1,
  packetSize: 4,
  collation: 7,
  beginTransaction: 8,
  commitTransaction: 9,
  rollbackTransaction: 10,
  resetAcknowledged: 18,
} as const;

/** Which of the three DONE tokens, [MS-TDS] 2.2.7.6 to 2.2.7.8. */
export type DoneKind = "done" | "doneInProcedure" | "doneProcedure";

const doneTokens: Readonly<Record<DoneKind, number>> = { done: 0xfd, doneInProcedure: 0xff, doneProcedure: 0xfe };

/** What a DONE token says; absent is `false`. */
export interface DoneStatus {
  readonly more?: boolean;
  readonly error?: boolean;
  readonly inTransaction?: boolean;
  /** Rows; absent when they were not counted. */
  readonly count?: number | undefined;
  /** Acknowledges an attention. */
  readonly attention?: boolean;
}

/** Writes the tokens of a response, one method each, as [MS-TDS] 2.2.7 lays them out. */
export class TokenWriter {
  readonly bytes = new ByteWriter(8192);

  /** 2.2.7.4. A name longer than 255 characters cannot occur: identifiers have at most 128. */
  columnMetadata(columns: readonly ResultColumn[]): void {
    this.bytes.u8(0x81).u16le(columns.length);
    for (const column of columns) {
      // fNullable, usUpdateable "unknown", fIdentity, fComputed.
      const flags = (column.nullable ? 0x01 : 0) | 0x08 | (column.identity ? 0x10 : 0) | (column.computed ? 0x20 : 0);
      this.bytes.u32le(column.userType ?? 0).u16le(flags);
      writeTypeInfo(this.bytes, column.type, column.nullable);
      this.#shortText(column.name);
    }
  }

  /** ROW 2.2.7.20, or NBCROW 2.2.7.15 when it has a NULL: servers use it to leave out the values that are NULL. */
  row(columns: readonly ResultColumn[], values: readonly (string | null)[]): void {
    const compressed = values.includes(null);
    this.bytes.u8(compressed ? 0xd2 : 0xd1);
    if (compressed) this.#nullBitmap(values);
    columns.forEach((column, index) => {
      const value = values[index] ?? null;
      if (value === null && compressed) return;
      writeValue(this.bytes, column.type, column.nullable, value);
    });
  }

  /** 2.2.7.6 to 2.2.7.8. */
  done(kind: DoneKind, status: DoneStatus, command = 0): void {
    const bits =
      (status.more ? 0x01 : 0) |
      (status.error ? 0x02 : 0) |
      (status.inTransaction ? 0x04 : 0) |
      (status.count === undefined ? 0 : 0x10) |
      (status.attention ? 0x20 : 0);
    this.bytes
      .u8(doneTokens[kind])
      .u16le(bits)
      .u16le(command)
      .u64le(BigInt(status.count ?? 0));
  }

  /** ERROR 2.2.7.10. */
  error(message: ServerMessage, serverName: string): void {
    this.#message(0xaa, message, serverName);
  }

  /** INFO 2.2.7.13. */
  info(message: ServerMessage, serverName: string): void {
    this.#message(0xab, message, serverName);
  }

  /** ENVCHANGE 2.2.7.9 whose values are text. */
  environmentText(type: number, newValue: string, oldValue: string): void {
    this.#counted16(0xe3, () => {
      this.bytes.u8(type);
      this.#shortText(newValue);
      this.#shortText(oldValue);
    });
  }

  /** ENVCHANGE 2.2.7.9 whose values are bytes. */
  environmentBytes(type: number, newValue: Uint8Array, oldValue: Uint8Array): void {
    this.#counted16(0xe3, () => {
      this.bytes.u8(type).u8(newValue.length).bytes(newValue).u8(oldValue.length).bytes(oldValue);
    });
  }

  /** The collation of the session, as an ENVCHANGE. */
  collation(): void {
    this.environmentBytes(environment.collation, collation, Buffer.alloc(0));
  }

  /** LOGINACK 2.2.7.14: T-SQL interface, TDS 7.4, version 16. */
  loginAcknowledged(programName: string): void {
    this.#counted16(0xad, () => {
      this.bytes.u8(1).u32be(0x74000004);
      this.#shortText(programName);
      this.bytes.u8(16).u8(0).u8(0x10).u8(0);
    });
  }

  /** FEATUREEXTACK 2.2.7.11 for the features that the server grants. */
  featuresAcknowledged(features: readonly { readonly id: number; readonly data: Uint8Array }[]): void {
    this.bytes.u8(0xae);
    for (const { id, data } of features) this.bytes.u8(id).u32le(data.length).bytes(data);
    this.bytes.u8(0xff);
  }

  /** RETURNSTATUS 2.2.7.18. */
  returnStatus(value: number): void {
    this.bytes.u8(0x79).i32le(value);
  }

  /** RETURNVALUE 2.2.7.19 of an output parameter. */
  returnValue(ordinal: number, name: string, type: SqlType, value: string | null): void {
    this.bytes.u8(0xac).u16le(ordinal);
    this.#shortText(name);
    this.bytes.u8(0x01).u32le(0).u16le(0x01);
    writeTypeInfo(this.bytes, type, true);
    writeValue(this.bytes, type, true, value);
  }

  #nullBitmap(values: readonly (string | null)[]): void {
    for (let start = 0; start < values.length; start += 8) {
      let bits = 0;
      for (let bit = 0; bit < 8; bit++) if (values[start + bit] === null) bits |= 1 << bit;
      this.bytes.u8(bits);
    }
  }

  #message(token: number, message: ServerMessage, serverName: string): void {
    this.#counted16(token, () => {
      this.bytes.u32le(message.number).u8(message.state).u8(message.severity);
      this.bytes.u16le(message.text.length).utf16(message.text);
      this.#shortText(serverName);
      this.#shortText(message.procedure);
      this.bytes.u32le(message.line);
    });
  }

  /** B_VARCHAR, 2.2.5.1. */
  #shortText(text: string): void {
    this.bytes.u8(text.length).utf16(text);
  }

  #counted16(token: number, content: () => void): void {
    const at = this.bytes.u8(token).length;
    this.bytes.u16le(0);
    content();
    this.bytes.patchU16le(at, this.bytes.length - at - 2);
  }
}
