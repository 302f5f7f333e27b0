/** Builds a message of a binary protocol, growing as needed. Every method returns the writer, so that fields read in their order. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(initialSize = 256) {
    this.#bytes = Buffer.allocUnsafe(initialSize);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  u16le(value: number): this {
    const at = this.#grow(2);
    this.#bytes.writeUInt16LE(value, at);
    return this;
  }

  u16be(value: number): this {
    const at = this.#grow(2);
    this.#bytes.writeUInt16BE(value, at);
    return this;
  }

  u32le(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeUInt32LE(value, at);
    return this;
  }

  u32be(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeUInt32BE(value, at);
    return this;
  }

  i16le(value: number): this {
    const at = this.#grow(2);
    this.#bytes.writeInt16LE(value, at);
    return this;
  }

  i32le(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeInt32LE(value, at);
    return this;
  }

  i64le(value: bigint): this {
    const at = this.#grow(8);
    this.#bytes.writeBigInt64LE(value, at);
    return this;
  }

  u64le(value: bigint): this {
    const at = this.#grow(8);
    this.#bytes.writeBigUInt64LE(value, at);
    return this;
  }

  /** An unsigned little-endian integer of any width. */
  uintle(value: bigint, byteLength: number): this {
    const at = this.#grow(byteLength);
    let rest = value;
    for (let index = 0; index < byteLength; index++) {
      this.#bytes[at + index] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    if (rest !== 0n) throw new RangeError(`an unsigned integer does not fit ${byteLength} bytes`);
    return this;
  }

  f32le(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeFloatLE(value, at);
    return this;
  }

  f64le(value: number): this {
    const at = this.#grow(8);
    this.#bytes.writeDoubleLE(value, at);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Text as UTF-16LE, without a length. */
  utf16(value: string): this {
    const byteLength = value.length * 2;
    const at = this.#grow(byteLength);
    this.#bytes.write(value, at, byteLength, "utf16le");
    return this;
  }

  /** Text as UTF-8, without a length. */
  utf8(value: string): this {
    const byteLength = Buffer.byteLength(value);
    const at = this.#grow(byteLength);
    this.#bytes.write(value, at, byteLength, "utf8");
    return this;
  }

  /** Overwrites two bytes written earlier, for a length that is known only afterwards. */
  patchU16le(at: number, value: number): this {
    this.#bytes.writeUInt16LE(value, at);
    return this;
  }

  /** Takes back everything behind a length that {@link ByteWriter.length} had before. */
  truncate(length: number): void {
    if (length > this.#length) throw new RangeError("nothing to take back");
    this.#length = length;
  }

  /** What was written, as a copy of its own. */
  toBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  /** What was written, as a copy of its own; the writer is empty afterwards. */
  take(): Buffer {
    const taken = this.toBuffer();
    this.#length = 0;
    return taken;
  }

  #grow(byteLength: number): number {
    const at = this.#length;
    const needed = at + byteLength;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#length = needed;
    return at;
  }
}
