/**
 * DATE and the TIMESTAMP types on the wire: century and year with a bias of 100, the clock with a bias of 1, then nanoseconds, then the offset
 * from UTC with biases of 20 and 60. See `parseOracleDate` and `writeOracleDate` in oracledb's lib/impl/datahandlers/buffer.js.
 */
const pattern = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?( BC)?$/;
const firstYear = -4712;
const lastYear = 9999;

/** Thrown for a year that Oracle does not know (ORA-01841). */
export class YearRangeError extends RangeError {}

/** `"date"`: 7 bytes, `"timestamp"`: 11, `"zoned"`: 13, for values in UTC. */
export function encodeDatetime(text: string, form: "date" | "timestamp" | "zoned"): Buffer {
  const match = pattern.exec(text);
  if (match === null) throw new YearRangeError(`not a date and time: ${text}`);
  const [, yearText, month, day, hour, minute, second, fraction = "", before] = match;
  const year = before === undefined ? Number(yearText) : -Number(yearText);
  if (year > lastYear || year < firstYear || year === 0) throw new YearRangeError(`out of range: ${text}`);
  const nanoseconds = Number(fraction.padEnd(9, "0"));
  const length = form === "date" ? 7 : form === "zoned" ? 13 : nanoseconds === 0 ? 7 : 11;
  const bytes = Buffer.alloc(length);
  bytes[0] = Math.trunc(year / 100) + 100;
  bytes[1] = (year % 100) + 100;
  bytes[2] = Number(month);
  bytes[3] = Number(day);
  bytes[4] = Number(hour) + 1;
  bytes[5] = Number(minute) + 1;
  bytes[6] = Number(second) + 1;
  if (length > 7) bytes.writeUInt32BE(nanoseconds, 7);
  if (length > 11) bytes.set([20, 60], 11);
  return bytes;
}

/** The reverse of {@link encodeDatetime}; what has a zone comes out in UTC already. */
export function decodeDatetime(bytes: Buffer): string {
  const year = (bytes.readUInt8(0) - 100) * 100 + (bytes.readUInt8(1) - 100);
  if (year > lastYear || year < firstYear || year === 0) throw new YearRangeError(`the year ${year} is out of range`);
  const two = (at: number, bias: number) => String(bytes.readUInt8(at) - bias).padStart(2, "0");
  const clock = `${two(2, 0)}-${two(3, 0)} ${two(4, 1)}:${two(5, 1)}:${two(6, 1)}`;
  const nanoseconds = bytes.length >= 11 ? bytes.readUInt32BE(7) : 0;
  const fraction = nanoseconds === 0 ? "" : `.${String(nanoseconds).padStart(9, "0").replace(/0+$/, "")}`;
  const years = String(Math.abs(year)).padStart(4, "0");
  return `${years}-${clock}${fraction}${year > 0 ? "" : " BC"}`;
}
