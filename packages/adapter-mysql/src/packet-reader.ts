import type { SessionZone } from "./session-zone.ts";

const twoTo32 = 2 ** 32;

type Slice = (this: Buffer, from: number, to: number) => string;

/** What `toString` comes to after it has looked up the encoding, which it does each time; a runtime that has no such method takes that. */
const utf8Slice: Slice =
  (Buffer.prototype as { readonly utf8Slice?: Slice }).utf8Slice ??
  function (from, to) {
    return this.toString("utf8", from, to);
  };

/**
 * Reads one packet of the server from front to back; it is set on the next one rather than made anew.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_data_types.html
 */
export class PacketReader {
  buffer: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;
  /** What the session's local times are. */
  readonly zone: SessionZone;

  constructor(zone: SessionZone) {
    this.zone = zone;
  }

  set(buffer: Buffer, at: number, end: number): this {
    this.buffer = buffer;
    this.at = at;
    this.end = end;
    return this;
  }

  u8(): number {
    return this.buffer[this.at++] ?? 0;
  }

  u16(): number {
    // Not `readUInt16LE`, here and below: its checks cost more than the rest of a small value.
    const { buffer, at } = this;
    this.at = at + 2;
    return (buffer[at] as number) | ((buffer[at + 1] as number) << 8);
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  i32(): number {
    const { buffer, at } = this;
    this.at = at + 4;
    const low = (buffer[at] as number) | ((buffer[at + 1] as number) << 8);
    return low | ((buffer[at + 2] as number) << 16) | ((buffer[at + 3] as number) << 24);
  }

  /** A 64-bit integer: a number where that is exact. */
  u64(): number | bigint {
    const low = this.u32();
    const high = this.u32();
    return high < 0x200000 ? high * twoTo32 + low : (BigInt(high) << 32n) | BigInt(low);
  }

  i64(): number | bigint {
    const low = this.u32();
    const high = this.i32();
    // 2^53 itself stands for 2^53 + 1 as well.
    if (high >= -0x200000 && high < 0x200000) {
      const value = high * twoTo32 + low;
      if (Number.isSafeInteger(value)) return value;
    }
    return (BigInt(high) << 32n) | BigInt(low);
  }

  /** The length of what follows; `-1` for NULL. */
  length(): number {
    const first = this.u8();
    if (first < 0xfb) return first;
    if (first === 0xfb) return -1;
    if (first === 0xfc) return this.u16();
    if (first === 0xfd) return this.u16() + this.u8() * 0x10000;
    return Number(this.u64());
  }

  /** An integer of the protocol's variable length. */
  integer(): number | bigint {
    if (this.buffer[this.at] !== 0xfe) return this.length();
    this.at++;
    return this.u64();
  }

  text(length: number): string {
    const from = this.at;
    this.at += length;
    return utf8Slice.call(this.buffer, from, this.at);
  }

  /** A copy: the buffer belongs to the socket. */
  bytes(length: number): Buffer {
    const from = this.at;
    this.at += length;
    return Buffer.from(this.buffer.subarray(from, this.at));
  }

  skip(length: number): void {
    this.at += length;
  }
}
