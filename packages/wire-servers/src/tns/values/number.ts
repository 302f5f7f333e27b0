/**
 * NUMBER on the wire: an exponent of base 100, then digits of base 100, both complemented for negative numbers. See `parseOracleNumber` and
 * `writeOracleNumber` in oracledb's lib/impl/datahandlers/buffer.js.
 */
const largestExponent = 125;
const smallestExponent = -130;
const mostDigits = 40;

/** Thrown for a number that NUMBER cannot hold (ORA-01426). */
export class NumberOverflowError extends RangeError {}

/** Writes a decimal number, given as text with or without an exponent. @throws NumberOverflowError beyond NUMBER's range. */
export function encodeNumber(text: string): Buffer {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) throw new NumberOverflowError(`not a number: ${text}`);
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  let exponent = Number(exponentText) - fraction.length;
  let digits = (whole + fraction).replace(/^0+/, "");
  ({ digits, exponent } = rounded(digits, exponent));
  const significant = digits.replace(/0+$/, "");
  exponent += digits.length - significant.length;
  digits = significant;
  if (digits === "") return Buffer.from([0x80]);
  if (exponent + digits.length - 1 > largestExponent) throw new NumberOverflowError(`too large: ${text}`);
  if (exponent + digits.length - 1 < smallestExponent) return Buffer.from([0x80]);
  if (exponent % 2 !== 0) {
    digits += "0";
    exponent -= 1;
  }
  if (digits.length % 2 !== 0) digits = `0${digits}`;
  return pack(digits, exponent, sign === "-");
}

function rounded(digits: string, exponent: number): { digits: string; exponent: number } {
  const surplus = digits.length - mostDigits;
  if (surplus <= 0) return { digits, exponent };
  const kept = BigInt(digits.slice(0, mostDigits)) + (Number(digits[mostDigits]) >= 5 ? 1n : 0n);
  return { digits: kept.toString(), exponent: exponent + surplus };
}

function pack(digits: string, exponent: number, negative: boolean): Buffer {
  const first = (exponent + digits.length) / 2 + 192;
  const bytes = [negative ? first ^ 0xff : first];
  for (let at = 0; at < digits.length; at += 2) {
    const pair = Number(digits.slice(at, at + 2));
    bytes.push(negative ? 101 - pair : pair + 1);
  }
  // Ends the digits of a negative number, so that shorter ones sort after longer ones.
  if (negative && digits.length < mostDigits) bytes.push(102);
  return Buffer.from(bytes);
}

/** Reads a number as decimal text without an exponent. */
export function decodeNumber(bytes: Buffer): string {
  const first = bytes.readUInt8(0);
  const positive = (first & 0x80) !== 0;
  if (bytes.length === 1) {
    if (positive) return "0";
    throw new NumberOverflowError("negative infinity");
  }
  const exponent = (positive ? first : first ^ 0xff) - 193;
  const end = !positive && bytes[bytes.length - 1] === 102 ? bytes.length - 1 : bytes.length;
  let digits = "";
  for (const byte of bytes.subarray(1, end)) digits += String(positive ? byte - 1 : 101 - byte).padStart(2, "0");
  const point = exponent * 2 + 2;
  let text: string;
  if (point <= 0) text = `0.${"0".repeat(-point)}${digits}`;
  else if (point >= digits.length) text = digits.padEnd(point, "0");
  else text = `${digits.slice(0, point)}.${digits.slice(point)}`;
  text = text.replace(/^0+(?=\d)/, "");
  if (text.includes(".")) text = text.replace(/\.?0+$/, "");
  return positive ? text : `-${text}`;
}
