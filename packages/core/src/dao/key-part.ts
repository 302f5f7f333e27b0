/** One value of a key as a text that is the same for the same value, however it was read. Bytes as a text of their own would lose those that are no UTF-8. */
export function keyPartText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  // A number beyond 2 ** 53 is read as a bigint, whose digits are others than those that the number is written with.
  if (Number.isInteger(value)) return String(BigInt(value as number));
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
