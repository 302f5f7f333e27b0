import { isDeepStrictEqual } from "node:util";
import { type DatabaseDefinition, definitionParts } from "./definitions.ts";

/** How two definitions differ. Functions are taken for equal: one that was made anew cannot be told from one that does something else. */
export function compareDefinitions(
  one: DatabaseDefinition,
  other: DatabaseDefinition,
): "equal" | "password" | "different" {
  const [a, b] = [definitionParts(one), definitionParts(other)];
  if (a.driver !== b.driver || !alike(a.databaseOptions, b.databaseOptions)) return "different";
  const { password: before, ...restBefore } = a.driverOptions as { readonly password?: unknown };
  const { password: after, ...restAfter } = b.driverOptions as { readonly password?: unknown };
  if (!alike(restBefore, restAfter)) return "different";
  return alike(before, after) ? "equal" : "password";
}

function alike(a: unknown, b: unknown): boolean {
  if (typeof a === "function" && typeof b === "function") return true;
  if (!isPlain(a) || !isPlain(b)) return isDeepStrictEqual(a, b);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => alike(a[key], b[key]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
