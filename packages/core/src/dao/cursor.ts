import { InvalidCursorError } from "../errors/index.ts";
import type { SqlValue } from "../sql/index.ts";
import type { OrderColumn } from "./keyset.ts";

/** The place of a row in an order: for each of its columns the value, as the driver gave it. */
export type Position = readonly unknown[];

/** A position as an opaque text that can travel through a URL. It holds the values of the order columns. */
export function encodeCursor(order: readonly OrderColumn[], position: Position): string {
  const document = [signature(order), ...position.map(tagged)];
  return Buffer.from(JSON.stringify(document), "utf8").toString("base64url");
}

/** @throws InvalidCursorError for a text that is no cursor, or one of another order */
export function decodeCursor(order: readonly OrderColumn[], cursor: string): SqlValue[] {
  const [made, ...position] = documentOf(cursor);
  if (made !== signature(order)) throw new InvalidCursorError("this is no cursor of a page in this order");
  if (position.length !== order.length) throw new InvalidCursorError("this is no cursor of this page");
  return position.map(untagged);
}

function documentOf(cursor: string): readonly unknown[] {
  try {
    const document: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(document) ? document : [];
  } catch {
    return [];
  }
}

function signature(order: readonly OrderColumn[]): string {
  return order.map(({ property, direction }) => `${property} ${direction}`).join(",");
}

/** JSON alone would turn a date into a text, and has no word for a bigint, bytes, NaN or an infinity. */
function tagged(value: unknown): unknown {
  if (value instanceof Date) return { d: value.toISOString() };
  if (typeof value === "bigint") return { i: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { f: String(value) };
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString("base64") };
  return value;
}

const nonFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

function untagged(value: unknown): SqlValue {
  if (typeof value !== "object" || value === null) return value as SqlValue;
  if ("d" in value) return momentOf(value.d);
  if ("i" in value && /^-?\d+$/.test(String(value.i))) return BigInt(String(value.i));
  if ("f" in value && Object.hasOwn(nonFinite, String(value.f))) return nonFinite[String(value.f)] as number;
  if ("b" in value) return Buffer.from(String(value.b), "base64");
  throw new InvalidCursorError("this is no cursor of this page");
}

function momentOf(text: unknown): Date {
  const moment = new Date(String(text));
  if (Number.isNaN(moment.getTime())) throw new InvalidCursorError("this is no cursor of this page");
  return moment;
}
