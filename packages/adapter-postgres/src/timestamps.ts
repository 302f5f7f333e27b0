import { ConversionError } from "@nsj/mdb-core";

const pattern =
  /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?$/;

/**
 * A `timestamp` or `timestamptz` in ISO style as a `Date`; one without an offset is read as UTC. Offsets of the time before standard
 * time have seconds (`-03:06:28`). Microseconds are cut to milliseconds, towards the past.
 *
 * @throws ConversionError for `infinity`, years before 1 and years that a `Date` does not reach.
 */
export function dateFromText(text: string): Date {
  const match = pattern.exec(text);
  if (match === null) throw unreadable();
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHours, offsetMinutes, offsetSeconds] =
    match;
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, "0").slice(0, 3)));
  const offset = Number(offsetHours ?? 0) * 3600 + Number(offsetMinutes ?? 0) * 60 + Number(offsetSeconds ?? 0);
  const time = date.getTime() - (sign === "-" ? -offset : offset) * 1000;
  const result = new Date(time);
  if (Number.isNaN(result.getTime())) throw unreadable();
  return result;
}

/**
 * A `Date` as the server reads it for dates and timestamps: the instant in UTC, `Z` at the end. Columns without a zone ignore
 * the `Z` and keep the UTC wall clock, whatever the time zones of process and session are.
 */
export function dateToText(date: Date): string {
  const year = date.getUTCFullYear();
  if (year >= 1 && year <= 9999) return date.toISOString();
  // ISO's year 0 is 1 BC. Beyond four digits, JavaScript writes a sign that the server does not read.
  const clock = date.toISOString().replace(/^[+-]?\d+/, "");
  return year >= 1 ? `${year}${clock}` : `${String(1 - year).padStart(4, "0")}${clock} BC`;
}

function unreadable(): ConversionError {
  return new ConversionError("a timestamp inside an array or an output parameter is beyond what a Date can hold");
}
