/** What a column of dates or times holds: text, or one of the numbers that https://sqlite.org/lang_datefunc.html knows, or JavaScript's. */
export const dateStorages = ["text", "seconds", "milliseconds", "julian-days"] as const;

/** See {@link dateStorages}. */
export type DateStorage = (typeof dateStorages)[number];

/** 1970-01-01 00:00:00 UTC as a Julian day. */
const epochInJulianDays = 2_440_587.5;
const msPerDay = 86_400_000;

/** The number that stands for a moment; `undefined` where moments are text. */
export function numberOf(date: Date, storage: DateStorage): number | bigint | undefined {
  const ms = date.getTime();
  switch (storage) {
    case "text":
      return undefined;
    case "milliseconds":
      return BigInt(ms);
    case "seconds":
      return ms % 1_000 === 0 ? BigInt(ms / 1_000) : ms / 1_000;
    case "julian-days":
      return ms / msPerDay + epochInJulianDays;
  }
}

/** The text of the moment that a number stands for, `YYYY-MM-DD HH:MM:SS.SSS` in UTC; `undefined` where nothing tells which that is. */
export function textOf(value: number, storage: DateStorage): string | undefined {
  const ms = millisecondsOf(value, storage);
  if (ms === undefined || !(Math.abs(ms) <= 8.64e15)) return undefined;
  const text = new Date(ms).toISOString();
  // Longer for a year before 0 or beyond 9999, which no text of SQLite's has.
  return text.length === 24 ? `${text.slice(0, 10)} ${text.slice(11, 23)}` : undefined;
}

function millisecondsOf(value: number, storage: DateStorage): number | undefined {
  switch (storage) {
    case "text":
      return undefined;
    case "milliseconds":
      return Math.round(value);
    case "seconds":
      return Math.round(value * 1_000);
    case "julian-days":
      return Math.round((value - epochInJulianDays) * msPerDay);
  }
}
