/**
 * Intervals on the wire: 32-bit fields with a bias of 2^31, small fields with a bias of 60. See `parseOracleIntervalYM` and
 * `parseOracleIntervalDS` in oracledb's lib/impl/datahandlers/buffer.js.
 */
const bias = 2 ** 31;
const smallBias = 60;

/** Writes an INTERVAL YEAR TO MONTH, given as `[-]years-months`. */
export function encodeYearsToMonths(text: string): Buffer {
  const match = /^(-?)(\d+)-(\d+)$/.exec(text);
  if (match === null) throw new RangeError(`not an interval of years and months: ${text}`);
  const sign = match[1] === "-" ? -1 : 1;
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(sign * Number(match[2]) + bias, 0);
  bytes.writeUInt8(sign * Number(match[3]) + smallBias, 4);
  return bytes;
}

/** Writes an INTERVAL DAY TO SECOND, given as `[-]days hours:minutes:seconds[.f]`. */
export function encodeDaysToSeconds(text: string): Buffer {
  const match = /^(-?)(\d+) (\d+):(\d+):(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) throw new RangeError(`not an interval of days and seconds: ${text}`);
  const sign = match[1] === "-" ? -1 : 1;
  const bytes = Buffer.alloc(11);
  bytes.writeUInt32BE(sign * Number(match[2]) + bias, 0);
  for (const [at, part] of [match[3], match[4], match[5]].entries()) {
    bytes.writeUInt8(sign * Number(part) + smallBias, 4 + at);
  }
  bytes.writeUInt32BE(sign * Number((match[6] ?? "").padEnd(9, "0")) + bias, 7);
  return bytes;
}

/** Reads an INTERVAL YEAR TO MONTH as PostgreSQL's input. */
export function decodeYearsToMonths(bytes: Buffer): string {
  return `${bytes.readUInt32BE(0) - bias} years ${bytes.readUInt8(4) - smallBias} months`;
}

/** Reads an INTERVAL DAY TO SECOND as PostgreSQL's input. */
export function decodeDaysToSeconds(bytes: Buffer): string {
  const [hours, minutes, seconds] = [4, 5, 6].map((at) => bytes.readUInt8(at) - smallBias);
  const nanoseconds = bytes.readUInt32BE(7) - bias;
  const days = bytes.readUInt32BE(0) - bias;
  return `${days} days ${hours} hours ${minutes} minutes ${seconds} seconds ${Math.trunc(nanoseconds / 1000)} microseconds`;
}
