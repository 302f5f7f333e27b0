import { ByteReader } from "../../shared/byte-reader.ts";
import { ByteWriter } from "../../shared/byte-writer.ts";

/** What a side wants to be encrypted, [MS-TDS] 2.2.6.5. */
export const encryption = { loginOnly: 0x00, on: 0x01, notSupported: 0x02, required: 0x03 } as const;

const option = {
  version: 0,
  encryption: 1,
  instance: 2,
  threadId: 3,
  mars: 4,
  traceId: 5,
  fedAuth: 6,
  end: 0xff,
} as const;

/** The options of a client's PRELOGIN message that the server looks at. */
export interface Prelogin {
  readonly encryption: number;
  /** The instance that the client wants, empty when it does not care. */
  readonly instance: string;
  readonly fedAuth: boolean;
}

/** Reads a client's PRELOGIN, [MS-TDS] 2.2.6.5. */
export function readPrelogin(payload: Buffer): Prelogin {
  const values = new Map<number, Buffer>();
  const reader = new ByteReader(payload);
  for (let id = reader.u8(); id !== option.end; id = reader.u8()) {
    const offset = reader.u16be();
    values.set(id, payload.subarray(offset, offset + reader.u16be()));
  }
  return {
    encryption: values.get(option.encryption)?.[0] ?? encryption.notSupported,
    instance: values.get(option.instance)?.toString("latin1").replace(/\0.*$/s, "") ?? "",
    fedAuth: values.get(option.fedAuth)?.[0] === 1,
  };
}

/** The server's answer: version 16.0, its word on encryption, no MARS. */
export function preloginResponse(encryptionAnswer: number): Buffer {
  const options: readonly (readonly [number, Buffer])[] = [
    [option.version, Buffer.from([16, 0, 0x10, 0x00, 0, 0])],
    [option.encryption, Buffer.from([encryptionAnswer])],
    [option.instance, Buffer.from([0])],
    [option.threadId, Buffer.alloc(0)],
    [option.mars, Buffer.from([0])],
  ];
  const writer = new ByteWriter();
  let offset = options.length * 5 + 1;
  for (const [id, value] of options) {
    writer.u8(id).u16be(offset).u16be(value.length);
    offset += value.length;
  }
  writer.u8(option.end);
  for (const [, value] of options) writer.bytes(value);
  return writer.toBuffer();
}
