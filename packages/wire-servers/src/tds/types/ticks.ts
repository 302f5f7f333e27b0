/** Ticks of 100 nanoseconds, the unit of `time`, `datetime2` and `datetimeoffset`. */
export const ticksPerSecond = 10_000_000n;
export const ticksPerDay = 86_400n * ticksPerSecond;

const dayInMilliseconds = 86_400_000;
// Date.UTC reads the years 0 to 99 as 1900 to 1999.
const firstDay = new Date(0).setUTCFullYear(1, 0, 1);

/** Days since 0001-01-01 of a day written `YYYY-MM-DD`; `undefined` when there is no such day in the years 1 to 9999. */
export function daysOf(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || Number(year) < 1) return undefined;
  const at = new Date(firstDay);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (at.getUTCMonth() + 1 !== Number(month) || at.getUTCDate() !== Number(day)) return undefined;
  return (at.getTime() - firstDay) / dayInMilliseconds;
}

/** The day `YYYY-MM-DD` so many days after 0001-01-01. */
export function dayText(days: number): string {
  return new Date(firstDay + days * dayInMilliseconds).toISOString().slice(0, 10);
}

/** Ticks since midnight of a time `HH:MM[:SS[.f...]]`; `undefined` when it is none. */
export function ticksOfTime(text: string): bigint | undefined {
  const [, hour, minute, second = "0", fraction = ""] =
    /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/.exec(text) ?? [];
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return BigInt(seconds) * ticksPerSecond + BigInt(fraction.padEnd(7, "0"));
}

/** Ticks since 0001-01-01 00:00 of `YYYY-MM-DD[ HH:MM:SS[.f...]]` (or with a `T`); `undefined` when it is no such moment. */
export function ticksOf(text: string): bigint | undefined {
  const [day, time = "00:00:00"] = text.split(/[ T]/);
  const days = daysOf(day ?? "");
  const ticks = ticksOfTime(time);
  return days === undefined || ticks === undefined ? undefined : BigInt(days) * ticksPerDay + ticks;
}
