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
