/**
 * BINARY_FLOAT and BINARY_DOUBLE on the wire: IEEE 754, with the sign turned over so that the bytes sort, and all bits for negative numbers. See
 * `parseBinaryDouble` in oracledb's lib/impl/datahandlers/buffer.js.
 */
export function encodeBinaryFloat(value: number, byteLength: 4 | 8): Buffer {
  const bytes = Buffer.alloc(byteLength);
  if (byteLength === 8) bytes.writeDoubleBE(value);
  else bytes.writeFloatBE(value);
  return bytes.readUInt8(0) & 0x80 ? inverted(bytes) : withFirst(bytes, bytes.readUInt8(0) | 0x80);
}

/** The reverse of {@link encodeBinaryFloat}. */
export function decodeBinaryFloat(bytes: Buffer): number {
  const first = bytes.readUInt8(0);
  const plain = first & 0x80 ? withFirst(bytes, first & 0x7f) : inverted(bytes);
  return plain.length === 8 ? plain.readDoubleBE() : plain.readFloatBE();
}

function inverted(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => byte ^ 0xff));
}

function withFirst(bytes: Buffer, first: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[0] = first;
  return copy;
}
