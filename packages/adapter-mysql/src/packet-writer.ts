/** Room for the header that every packet begins with. */
export const headerLength = 4;
const longestPacket = 0xffffff;

/** Builds the payload of one command, behind the room for its header; grows as needed. */
export class PacketWriter {
  #buffer: Buffer;
  #at = headerLength;

  constructor(room = 256) {
    this.#buffer = Buffer.allocUnsafe(room + headerLength);
  }

  get length(): number {
    return this.#at - headerLength;
  }

  u8(value: number): void {
    this.#need(1);
    this.#buffer[this.#at++] = value;
  }

  u16(value: number): void {
    this.#need(2);
    this.#low(value, 2);
  }

  u32(value: number): void {
    this.#need(4);
    this.#low(value, 4);
  }

  u64(value: bigint): void {
    this.#need(8);
    this.#at = this.#buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.#at);
  }

  /** An integer that a number holds exactly, in 64 bits. */
  i64(value: number): void {
    this.#need(8);
    this.#low(value | 0, 4);
    this.#low(Math.floor(value / 2 ** 32) | 0, 4);
  }

  double(value: number): void {
    this.#need(8);
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  /** Text to the end of the packet. */
  rest(text: string): void {
    this.#need(Buffer.byteLength(text));
    this.#at += this.#buffer.write(text, this.#at);
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#length(length);
    this.#need(length);
    this.#at += this.#buffer.write(text, this.#at);
  }

  bytes(bytes: Uint8Array): void {
    this.#length(bytes.length);
    this.#need(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Leaves room for bytes that become known later. @returns where they are */
  reserve(length: number): number {
    this.#need(length);
    const from = this.#at;
    this.#at += length;
    for (let at = from; at < this.#at; at++) this.#buffer[at] = 0;
    return from;
  }

  /** Sets a byte of what was reserved. */
  set(at: number, value: number): void {
    this.#buffer[at] = value;
  }

  get(at: number): number {
    return this.#buffer[at] ?? 0;
  }

  /** The packets as they go to the server, their headers among them. A payload of 16 MB and more takes several. */
  packets(): { readonly bytes: Buffer; readonly count: number } {
    const { length } = this;
    if (length < longestPacket) {
      this.#buffer[0] = length;
      this.#buffer[1] = length >> 8;
      this.#buffer[2] = length >> 16;
      this.#buffer[3] = 0;
      return { bytes: this.#buffer.subarray(0, this.#at), count: 1 };
    }
    const parts: Buffer[] = [];
    // A part that is full is followed by another one, an empty one if need be.
    for (let from = 0; from <= length; from += longestPacket) {
      const size = Math.min(longestPacket, length - from);
      parts.push(Buffer.from([size & 0xff, (size >> 8) & 0xff, size >> 16, (parts.length / 2) & 0xff]));
      parts.push(this.#buffer.subarray(headerLength + from, headerLength + from + size));
    }
    return { bytes: Buffer.concat(parts), count: parts.length / 2 };
  }

  #length(length: number): void {
    if (length < 0xfb) this.u8(length);
    else if (length <= 0xffff) {
      this.u8(0xfc);
      this.u16(length);
    } else if (length <= 0xffffff) {
      this.u8(0xfd);
      this.u16(length & 0xffff);
      this.u8(length >> 16);
    } else {
      this.u8(0xfe);
      this.i64(length);
    }
  }

  /** The lowest bytes of a number. Not `writeUInt32LE` and its like, whose checks cost more than the rest. */
  #low(value: number, count: number): void {
    for (let shift = 0; shift < count * 8; shift += 8) this.#buffer[this.#at++] = value >> shift;
  }

  #need(more: number): void {
    const wanted = this.#at + more;
    if (wanted <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(wanted, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }
}
