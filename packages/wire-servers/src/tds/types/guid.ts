/** The 16 bytes of a GUID on the wire: the first three groups are little-endian ([MS-DTYP] 2.3.4.2). */
export function guidBytes(text: string): Buffer {
  const hex = text.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError("not a GUID");
  return reorder(Buffer.from(hex, "hex"));
}

/** The text of a GUID, in lower case. */
export function guidText(bytes: Buffer): string {
  const hex = reorder(Buffer.from(bytes)).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function reorder(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
