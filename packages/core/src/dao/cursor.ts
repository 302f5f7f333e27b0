import { ParameterError } from "../errors/index.ts";
import type { SqlValue } from "../sql/index.ts";
import type { OrderColumn } from "./keyset.ts";

/** A position as an opaque text that can travel through a URL. It holds the values of the order columns. */
export function encodeCursor(order: readonly OrderColumn[], values: readonly unknown[]): string {
  const document = [signature(order), ...values.map(tagged)];
  return Buffer.from(JSON.stringify(document), "utf8").toString("base64url");
}

/** @throws ParameterError for a text that is no cursor, or one of another order */
export function decodeCursor(order: readonly OrderColumn[], cursor: string): SqlValue[] {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    document = undefined;
  }
  if (!Array.isArray(document) || document.length !== order.length + 1)
    throw new ParameterError("this is no cursor of this page");
  if (document[0] !== signature(order)) throw new ParameterError("this cursor belongs to another order of the rows");
  return document.slice(1).map(untagged);
}

function signature(order: readonly OrderColumn[]): string {
  return order.map(({ property, direction }) => `${property} ${direction}`).join(",");
}

/** JSON alone would turn a date into a text and has no word for a bigint or bytes. */
function tagged(value: unknown): unknown {
  if (value instanceof Date) return { d: value.toISOString() };
  if (typeof value === "bigint") return { i: String(value) };
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString("base64") };
  return value;
}

function untagged(value: unknown): SqlValue {
  if (typeof value !== "object" || value === null) return value as SqlValue;
  if ("d" in value) return new Date(String(value.d));
  if ("i" in value) return BigInt(String(value.i));
  if ("b" in value) return Buffer.from(String(value.b), "base64");
  throw new ParameterError("this is no cursor of this page");
}
