import { literal } from "./names.ts";
import type { TokenStream } from "./token-stream.ts";

/** Every number is a NUMBER, also one without a fraction: 1/2 is a half. */
export function numberLiteral(text: string): string {
  return /[fFdD]$/.test(text) ? `${text.slice(0, -1)}::float8` : `${text}::numeric`;
}

/** `DATE '2026-01-02'` or `TIMESTAMP '2026-01-02 03:04:05 +01:00'` */
export function datetimeLiteral(stream: TokenStream, word: "DATE" | "TIMESTAMP"): string {
  stream.next();
  const { value } = stream.next();
  if (word === "DATE") return `${literal(value)}::ora.date`;
  const zoned = /[+-]\d\d:\d\d$|[A-Za-z]/.test(value.trim().slice(10));
  return `${literal(value)}::${zoned ? "timestamptz" : "timestamp"}`;
}

/** `INTERVAL '1' DAY` */
export function intervalLiteral(stream: TokenStream): string {
  stream.next();
  const { value } = stream.next();
  const units: string[] = [];
  do {
    const unit = stream.word("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND");
    if (unit === undefined) throw stream.error(1867, "the interval is invalid");
    units.push(unit);
    if (stream.accept("(")) {
      stream.next();
      while (!stream.accept(")")) stream.next();
    }
  } while (stream.accept("TO"));
  return `INTERVAL ${literal(value)} ${units.join(" TO ")}`;
}
