import type { OracleType, OracleValue } from "../values/oracle-type.ts";
import { lobOperation, messageType } from "./codes.ts";
import type { LobReference } from "./result-answer.ts";
import type { TtcReader } from "./ttc-reader.ts";
import { TtcWriter } from "./ttc-writer.ts";

const locatorSize = 40;
const idAt = 32;
/** The data of a CLOB travels as UTF-16; byte 6 of a locator. */
const variableLengthCharacters = 0x80;
const chunkSize = 8132;

type Lob = { readonly type: "CLOB"; text: string } | { readonly type: "BLOB"; bytes: Buffer };

/** A call on a LOB. */
interface LobRequest {
  readonly locator: Buffer;
  readonly operation: number;
  /** Counted from 1; for `createTemporary` the character set form. */
  readonly sourceOffset: number;
  /** For `createTemporary` the type's number. */
  readonly destinationOffset: number;
  readonly data: Buffer | null;
  /** Absent where the client neither sends nor wants one. */
  readonly amount: number | undefined;
}

/** The LOBs that a session has handed out or that the client made, with the calls on them; oracledb's lib/thin/protocol/messages/lobOp.js. */
export class LobStore {
  readonly #lobs = new Map<number, Lob>();
  #lastId = 0;

  /** Makes a locator for a value. */
  refer(type: OracleType, value: string | Buffer): LobReference {
    const id = this.#add(typeof value === "string" ? { type: "CLOB", text: value } : { type: "BLOB", bytes: value });
    return { locator: locatorOf(id, type !== "BLOB"), length: value.length };
  }

  /** What a locator that the client binds stands for. @throws RangeError for an unknown one. */
  value(locator: Buffer): OracleValue {
    const lob = this.#get(locator);
    return lob.type === "CLOB" ? lob.text : lob.bytes;
  }

  /** Forgets LOBs; their locators follow one another. */
  free(locators: Buffer): void {
    for (let at = 0; at + locatorSize <= locators.length; at += locatorSize) {
      this.#lobs.delete(locators.readUInt32BE(at + idAt));
    }
  }

  /** Runs a call, up to the message that ends it. */
  run(reader: TtcReader): TtcWriter {
    const request = readRequest(reader);
    const writer = new TtcWriter();
    if (request.operation === lobOperation.createTemporary) {
      const id = this.#add(
        request.destinationOffset === 112 ? { type: "CLOB", text: "" } : { type: "BLOB", bytes: Buffer.alloc(0) },
      );
      return writer
        .u8(messageType.parameter)
        .bytes(locatorOf(id, request.destinationOffset === 112))
        .integer(0)
        .u8(0);
    }
    const lob = this.#get(request.locator);
    const amount = this.#apply(lob, request, writer);
    writer.u8(messageType.parameter).bytes(request.locator);
    if (request.amount !== undefined) writer.integer(amount);
    return writer;
  }

  #apply(lob: Lob, request: LobRequest, writer: TtcWriter): number {
    const start = Math.max(0, request.sourceOffset - 1);
    const amount = request.amount ?? 0;
    switch (request.operation) {
      case lobOperation.read: {
        const part =
          lob.type === "CLOB"
            ? Buffer.from(lob.text.slice(start, start + amount), "utf16le").swap16()
            : lob.bytes.subarray(start, start + amount);
        if (part.length > 0) writer.u8(messageType.lobData).sized(part);
        return lob.type === "CLOB" ? part.length / 2 : part.length;
      }
      case lobOperation.write: {
        const data = request.data ?? Buffer.alloc(0);
        if (lob.type === "CLOB") {
          const text = Buffer.from(data).swap16().toString("utf16le");
          lob.text = lob.text.slice(0, start).padEnd(start) + text + lob.text.slice(start + text.length);
          return text.length;
        }
        const gap = Buffer.alloc(Math.max(0, start - lob.bytes.length));
        lob.bytes = Buffer.concat([lob.bytes.subarray(0, start), gap, data, lob.bytes.subarray(start + data.length)]);
        return data.length;
      }
      case lobOperation.getChunkSize:
        return chunkSize;
      default:
        throw new RangeError(`the TNS test server does not know the LOB operation ${request.operation}`);
    }
  }

  #add(lob: Lob): number {
    this.#lastId += 1;
    this.#lobs.set(this.#lastId, lob);
    return this.#lastId;
  }

  #get(locator: Buffer): Lob {
    const lob = this.#lobs.get(locator.readUInt32BE(idAt));
    if (lob === undefined) throw new RangeError("the client sent a LOB locator that was freed");
    return lob;
  }
}

function locatorOf(id: number, characters: boolean): Buffer {
  const locator = Buffer.alloc(locatorSize);
  locator.writeUInt16BE(locatorSize - 2, 0);
  locator[6] = characters ? variableLengthCharacters : 0;
  locator.writeUInt32BE(id, idAt);
  return locator;
}

function readRequest(reader: TtcReader): LobRequest {
  reader.u8();
  const locatorLength = reader.integer();
  reader.u8();
  reader.skipIntegers(3);
  reader.skip(3);
  const operation = reader.integer();
  reader.skip(2);
  const sourceOffset = reader.integer();
  const destinationOffset = reader.integer();
  const hasAmount = reader.u8() !== 0;
  reader.skip(6);
  const locator = Buffer.from(reader.bytes(locatorLength));
  if (operation === lobOperation.createTemporary) reader.integer();
  const hasData = reader.left > 0 && reader.peek() === messageType.lobData && operation === lobOperation.write;
  if (hasData) reader.u8();
  const data = hasData ? reader.sized() : null;
  return {
    locator,
    operation,
    sourceOffset,
    destinationOffset,
    data,
    amount: hasAmount ? reader.integer() : undefined,
  };
}

/** Reads the piggyback that frees LOBs and gives their locators; `writeCloseTempLobsPiggyback` in oracledb's base.js. */
export function readFreedLobs(reader: TtcReader): Buffer {
  reader.u8();
  const byteLength = reader.integer();
  reader.u8();
  reader.skipIntegers(3);
  reader.skip(3);
  reader.integer();
  reader.u8();
  reader.skipIntegers(3);
  reader.u8();
  for (let index = 0; index < 3; index++) {
    reader.u8();
    reader.integer();
  }
  return reader.bytes(byteLength);
}
