import { ByteReader } from "../../shared/byte-reader.ts";

/** The first byte of a value that is cut into chunks, and of one that is NULL. */
const chunkedMark = 254;
const nullMark = 255;

/**
 * Reads what the two-task layer writes: integers of variable length and byte strings with a length before them. There is no published
 * specification; the counterparts are `writeUB4`, `writeSB4` and `writeBytesWithLength` of oracledb's lib/impl/datahandlers/buffer.js.
 */
export class TtcReader extends ByteReader {
  /** An integer that says its own length; negative ones carry 0x80 in it. */
  integer(): number {
    const size = this.u8();
    let value = 0;
    for (let left = size & 0x7f; left > 0; left--) value = value * 256 + this.u8();
    return size & 0x80 ? -value : value;
  }

  /** Bytes with their length in front, whole or in chunks; `null` for none. */
  sized(): Buffer | null {
    const size = this.u8();
    if (size === 0 || size === nullMark) return null;
    if (size !== chunkedMark) return this.bytes(size);
    const chunks: Buffer[] = [];
    for (let length = this.integer(); length > 0; length = this.integer()) chunks.push(this.bytes(length));
    return Buffer.concat(chunks);
  }

  /** UTF-8 text with its length in front; empty for none. */
  sizedText(): string {
    return this.sized()?.toString("utf8") ?? "";
  }

  /** Text that has its length twice, and only the first where it is empty. */
  doublySizedText(): string {
    return this.integer() === 0 ? "" : this.sizedText();
  }

  /** Passes over so many bytes. */
  skip(byteLength: number): void {
    this.offset += byteLength;
  }

  /** Passes over so many integers of variable length. */
  skipIntegers(count: number): void {
    for (let index = 0; index < count; index++) this.integer();
  }
}
