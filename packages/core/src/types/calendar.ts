/** Milliseconds of 400 years, after which the Gregorian calendar repeats. */
const cycleMs = 146_097 * 86_400_000;
const daysPerMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const hyphen = 45;
const colon = 58;
const point = 46;
const letterC = 67;

/**
 * `"YYYY-MM-DD"` as milliseconds since 1970 at midnight UTC; `NaN` when the text is not that, or beyond what a `Date` holds.
 * Years may have up to six digits; ` BC` may follow.
 */
export function dayToMs(text: string): number {
  if (isBeforeChrist(text)) return beforeChrist(dayToMs, text);
  const yearEnd = text.indexOf("-", 4);
  return text.length === yearEnd + 6 ? readDay(text, yearEnd) : Number.NaN;
}

/**
 * `"YYYY-MM-DD HH:MM:SS[.f...]"` and an offset (`Z`, `+02`, `-03:30`, `+05:53:28`) as milliseconds since 1970; `NaN` when the text is not
 * that, or beyond what a `Date` holds. Read as UTC without an offset. The fraction is cut to milliseconds, towards the past. A `T`
 * instead of the space is fine, and so is ` BC` at the end.
 *
 * By character codes, because a result has thousands of them and a regular expression takes several times as long.
 *
 * @param needsOffset - an instant without an offset is no instant
 */
export function timestampToMs(text: string, needsOffset: boolean): number {
  if (isBeforeChrist(text)) return beforeChrist((day) => timestampToMs(day, needsOffset), text);
  const yearEnd = text.indexOf("-", 4);
  const timeAt = yearEnd + 7;
  const separator = text[timeAt - 1];
  if (separator !== " " && separator !== "T") return Number.NaN;
  if (text.charCodeAt(timeAt + 2) !== colon || text.charCodeAt(timeAt + 5) !== colon) return Number.NaN;
  const hour = twoDigits(text, timeAt, 23);
  const minute = twoDigits(text, timeAt + 3, 59);
  const second = twoDigits(text, timeAt + 6, 59);
  let at = timeAt + 8;
  let millisecond = 0;
  if (text.charCodeAt(at) === point) {
    const from = ++at;
    for (; isDigit(text, at); at++) if (at - from < 3) millisecond = millisecond * 10 + digit(text, at);
    if (at === from) return Number.NaN;
    for (let digits = at - from; digits < 3; digits++) millisecond *= 10;
  }
  const offset = at === text.length && !needsOffset ? 0 : readOffset(text, at);
  return readDay(text, yearEnd) + ((hour * 60 + minute) * 60 + second - offset) * 1000 + millisecond;
}

/** The SQL standard has no years before the first; PostgreSQL writes them so. */
function isBeforeChrist(text: string): boolean {
  return text.charCodeAt(text.length - 1) === letterC && text.endsWith(" BC");
}

/** The same day in the cycle of 400 years that repeats: the year before the first is a `Date`'s year 0, and a leap year. */
function beforeChrist(read: (text: string) => number, text: string): number {
  const yearEnd = text.indexOf("-");
  const year = Number(text.slice(0, yearEnd));
  if (!/^\d{4,6}$/.test(text.slice(0, yearEnd)) || year === 0) return Number.NaN;
  const cycles = Math.ceil(year / 400);
  const alike = String(1 - year + cycles * 400).padStart(4, "0");
  return new Date(read(alike + text.slice(yearEnd, -3)) - cycles * cycleMs).getTime();
}

function readDay(text: string, yearEnd: number): number {
  if (yearEnd < 4 || yearEnd > 6 || text.charCodeAt(yearEnd + 3) !== hyphen) return Number.NaN;
  let year = 0;
  for (let at = 0; at < yearEnd; at++) year = year * 10 + digit(text, at);
  const month = twoDigits(text, yearEnd + 1, 12);
  const day = twoDigits(text, yearEnd + 4, 31);
  if (!(month >= 1 && day >= 1 && day <= daysOf(year, month))) return Number.NaN;
  // One cycle ahead and back, because Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return Date.UTC(year + 400, month - 1, day) - cycleMs;
}

function daysOf(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return leap ? 29 : (daysPerMonth[month - 1] ?? 0);
}

/** Seconds east of UTC. PostgreSQL writes seconds for the time before standard time. */
function readOffset(text: string, from: number): number {
  const sign = text[from];
  if (sign === "Z") return from + 1 === text.length ? 0 : Number.NaN;
  if (sign !== "+" && sign !== "-") return Number.NaN;
  let seconds = twoDigits(text, from + 1, 23) * 3600;
  let at = from + 3;
  for (let unit = 60; unit >= 1 && text.charCodeAt(at) === colon; unit /= 60, at += 3) {
    seconds += twoDigits(text, at + 1, 59) * unit;
  }
  if (at !== text.length) return Number.NaN;
  return sign === "-" ? -seconds : seconds;
}

function twoDigits(text: string, at: number, max: number): number {
  const number = digit(text, at) * 10 + digit(text, at + 1);
  return number <= max ? number : Number.NaN;
}

function digit(text: string, at: number): number {
  return isDigit(text, at) ? text.charCodeAt(at) - 48 : Number.NaN;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** A moment in the canonical form of a timestamp, UTC, without an offset. A fraction only where there is one. */
export function timestampText(date: Date): string {
  const text = date
    .toISOString()
    .replace("T", " ")
    .replace(/(?:\.000)?Z$/, "");
  // Beyond four digits ISO writes a sign that SQL does not.
  return text.startsWith("+") ? text.replace(/^\+0*/, "") : text;
}
