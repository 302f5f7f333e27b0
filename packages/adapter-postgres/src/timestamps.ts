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
