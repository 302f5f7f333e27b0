/** Thrown when a message ends before the field that is being read. */
export class EndOfBytesError extends RangeError {
  constructor(offset: number, wanted: number, length: number) {
    super(`the message ends early: ${wanted} bytes wanted at ${offset}, ${length - offset} left`);
  }
}

/** Reads the fields of a complete message of a binary protocol, in their order. Never reads past its end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  /** Where the next read starts; may be set to jump. */
  get offset(): number {
    return this.#offset;
  }
  set offset(value: number) {
    if (value < 0 || value > this.#bytes.length) throw new EndOfBytesError(value, 0, this.#bytes.length);
    this.#offset = value;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** The next byte, without moving on. */
  peek(): number {
    return this.#bytes.readUInt8(this.#need(1, false));
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#need(1));
  }

  u16le(): number {
    return this.#bytes.readUInt16LE(this.#need(2));
  }

  u16be(): number {
    return this.#bytes.readUInt16BE(this.#need(2));
  }

  u32le(): number {
    return this.#bytes.readUInt32LE(this.#need(4));
  }

  u32be(): number {
    return this.#bytes.readUInt32BE(this.#need(4));
  }

  i16le(): number {
    return this.#bytes.readInt16LE(this.#need(2));
  }

  i32le(): number {
    return this.#bytes.readInt32LE(this.#need(4));
  }

  i64le(): bigint {
    return this.#bytes.readBigInt64LE(this.#need(8));
  }

  u64le(): bigint {
    return this.#bytes.readBigUInt64LE(this.#need(8));
  }

  /** An unsigned little-endian integer of any width. */
  uintle(byteLength: number): bigint {
    const at = this.#need(byteLength);
    let value = 0n;
    for (let index = byteLength - 1; index >= 0; index--) {
      value = (value << 8n) | BigInt(this.#bytes.readUInt8(at + index));
    }
    return value;
  }

  f32le(): number {
    return this.#bytes.readFloatLE(this.#need(4));
  }

  f64le(): number {
    return this.#bytes.readDoubleLE(this.#need(8));
  }

  /** The next bytes, as a view on the message. */
  bytes(byteLength: number): Buffer {
    const at = this.#need(byteLength);
    return this.#bytes.subarray(at, at + byteLength);
  }

  /** UTF-16LE text of so many code units. */
  utf16(units: number): string {
    return this.bytes(units * 2).toString("utf16le");
  }

  /** UTF-8 text of so many bytes. */
  utf8(byteLength: number): string {
    return this.bytes(byteLength).toString("utf8");
  }

  #need(byteLength: number, move = true): number {
    const at = this.#offset;
    if (byteLength < 0 || at + byteLength > this.#bytes.length) {
      throw new EndOfBytesError(at, byteLength, this.#bytes.length);
    }
    if (move) this.#offset = at + byteLength;
    return at;
  }
}
