import { ByteWriter } from "../../shared/byte-writer.ts";

const longestShort = 252;
const chunkedMark = 254;
const chunkSize = 32_767;

/**
 * Writes what the two-task layer reads: integers of variable length and byte strings with a length before them. There is no published
 * specification; the counterparts are `_readInteger` and `readBytesWithLength` of oracledb's lib/impl/datahandlers/buffer.js.
 */
export class TtcWriter extends ByteWriter {
  /** An unsigned integer with its length in front, in as few bytes as it needs. */
  integer(value: number): this {
    if (value === 0) return this.u8(0);
    if (value <= 0xff) return this.u8(1).u8(value);
    if (value <= 0xffff) return this.u8(2).u16be(value);
    if (value <= 0xffff_ffff) return this.u8(4).u32be(value);
    return this.u8(8)
      .u32be(Math.floor(value / 2 ** 32))
      .u32be(value % 2 ** 32);
  }

  /** So many integers that are 0. */
  zeros(count: number): this {
    for (let index = 0; index < count; index++) this.u8(0);
    return this;
  }

  /** Bytes with their length in front, in chunks where they are long; `null` and no bytes are the same. */
  sized(value: Uint8Array | null): this {
    if (value === null) return this.u8(0);
    if (value.length <= longestShort) return this.u8(value.length).bytes(value);
    this.u8(chunkedMark);
    for (let at = 0; at < value.length; at += chunkSize) {
      const chunk = value.subarray(at, at + chunkSize);
      this.integer(chunk.length).bytes(chunk);
    }
    return this.integer(0);
  }

  /** UTF-8 text with its length in front. */
  sizedText(value: string): this {
    return this.sized(Buffer.from(value));
  }

  /** Text with its length twice, and only the first where it is empty. */
  doublySizedText(value: string): this {
    const bytes = Buffer.from(value);
    this.integer(bytes.length);
    return bytes.length === 0 ? this : this.sized(bytes);
  }
}
