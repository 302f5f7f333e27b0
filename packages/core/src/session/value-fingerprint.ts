import { createHmac } from "node:crypto";
import { serialize } from "node:v8";

/**
 * The door for recorders of tests: while a key is there, events tell values apart, and nothing else of them. The key is of one run of tests, so that nobody can
 * look a value up by its hash.
 */
const door: unique symbol = Symbol.for("@nsj/mdb/fingerprint-key") as never;

/** Tells values apart that were bound to one text; `undefined` where nobody asked for it. */
export function fingerprintOf(values: readonly unknown[]): string | undefined {
  const key = (globalThis as { [door]?: Uint8Array })[door];
  if (key === undefined) return undefined;
  try {
    return createHmac("sha256", key).update(serialize(values)).digest("base64url").slice(0, 16);
  } catch {
    // A value that cannot be copied, as one with a function in it.
    return undefined;
  }
}
