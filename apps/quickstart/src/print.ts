import { inspect } from "node:util";

/** The title of a section. */
export function heading(title: string): void {
  console.log(title);
}

/** A line inside a section: a name, and what there is to say or show of it. */
export function print(name: string, value: unknown): void {
  const text = typeof value === "string" ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY });
  console.log(`  ${name.padEnd(11)} ${text}`);
}
