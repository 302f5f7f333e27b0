import { refusal } from "./faults.ts";

/** Units of 100 nanoseconds, in which SQL Server counts times. */
export const ticksPerMillisecond = 10_000n;
export const ticksPerSecond = 10_000_000n;
export const ticksPerDay = 864_000_000_000n;

const dayMs = 86_400_000;
/** 0001-01-01 in milliseconds since 1970. */
const firstDayMs = new Date(0).setUTCFullYear(1, 0, 1);
/** The last day that SQL Server knows, 9999-12-31. */
const lastDay = (new Date(0).setUTCFullYear(9999, 11, 31) - firstDayMs) / dayMs;

/** A day and a time of day, as the wire carries them. */
export interface Moment {
  /** Days since 0001-01-01. */
  readonly day: number;
  /** Ticks since midnight. */
  readonly ticks: bigint;
  /** Minutes that the zone was ahead of UTC, where one was written; the day and the time are in UTC then. */
  readonly offset?: number;
}

/** `YYYY-MM-DD` of a day. */
export function dayText(day: number): string {
  return new Date(firstDayMs + day * dayMs).toISOString().slice(0, 10);
}

/** `HH:MM:SS[.f...]` of a time of day, with as many digits as the scale says. */
export function timeText(ticks: bigint, scale: number): string {
  const seconds = Number(ticks / ticksPerSecond);
  const pad = (value: number) => String(value).padStart(2, "0");
  const clock = `${pad(Math.trunc(seconds / 3600))}:${pad(Math.trunc(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  if (scale === 0) return clock;
  return `${clock}.${(ticks % ticksPerSecond).toString().padStart(7, "0").slice(0, scale)}`;
}

/** A moment as a `Date` where that holds all of it, else as text. `suffix` follows the text. */
export function momentValue(day: number, ticks: bigint, scale: number, suffix = ""): Date | string {
  if (ticks % ticksPerMillisecond === 0n) {
    return new Date(firstDayMs + day * dayMs + Number(ticks / ticksPerMillisecond));
  }
  return `${dayText(day)} ${timeText(ticks, scale)}${suffix}`;
}

/** The moment of a `Date`, in UTC. @throws DriverFault outside the years 1 to 9999 */
export function momentOfDate(date: Date): Moment {
  const sinceFirst = date.getTime() - firstDayMs;
  const day = Math.floor(sinceFirst / dayMs);
  return checkedMoment({ day, ticks: BigInt(sinceFirst - day * dayMs) * ticksPerMillisecond });
}

const pattern =
  /^\s*(?:(\d{4})-(\d{2})-(\d{2}))?(?:(?:[ T]|^)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?\s*$/i;

/**
 * Reads a date, a time, or both, as ISO 8601 writes them. A day that is missing is 1900-01-01, a time that is missing midnight.
 *
 * @throws DriverFault of kind `value` for anything else; the message does not show it
 */
export function parseMoment(text: string): Moment {
  const [, year, month, day, hour, minute, second = "0", fraction = "", zone] = pattern.exec(text) ?? [];
  if (year === undefined && hour === undefined) throw notAMoment();
  const dayNumber = year === undefined ? dayOf(1900, 1, 1) : dayOf(Number(year), Number(month), Number(day));
  const seconds = (Number(hour ?? 0) * 60 + Number(minute ?? 0)) * 60 + Number(second);
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second) > 59) throw notAMoment();
  if (/[1-9]/.test(fraction.slice(7))) throw refusal("value", "a time has more than 7 digits behind the second");
  const ticks = BigInt(seconds) * ticksPerSecond + BigInt(fraction.slice(0, 7).padEnd(7, "0"));
  return zone === undefined ? { day: dayNumber, ticks } : inUtc(dayNumber, ticks, minutesOf(zone));
}

function inUtc(day: number, ticks: bigint, offset: number): Moment {
  const total = BigInt(day) * ticksPerDay + ticks - BigInt(offset) * 60n * ticksPerSecond;
  if (total < 0n) throw outOfRange();
  return checkedMoment({ day: Number(total / ticksPerDay), ticks: total % ticksPerDay, offset });
}

function minutesOf(zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
  if (minutes > 14 * 60) throw refusal("value", "an offset from UTC of more than 14 hours");
  return zone.startsWith("-") ? -minutes : minutes;
}

function dayOf(year: number, month: number, day: number): number {
  const at = new Date(firstDayMs);
  at.setUTCFullYear(year, month - 1, day);
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) throw notAMoment();
  return checkedMoment({ day: (at.getTime() - firstDayMs) / dayMs, ticks: 0n }).day;
}

/** The moment itself. @throws DriverFault outside the years 1 to 9999 */
export function checkedMoment(moment: Moment): Moment {
  if (moment.day < 0 || moment.day > lastDay) throw outOfRange();
  return moment;
}

function notAMoment() {
  return refusal("value", "a text is not a date and time that SQL Server has");
}

function outOfRange() {
  return refusal("value", "a date lies outside the years 1 to 9999, which are all that SQL Server has");
}
