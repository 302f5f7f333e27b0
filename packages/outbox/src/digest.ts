import { createHash } from "node:crypto";

/**
 * What stands for a text that must be told from every other one: many databases compare texts without regard to case, accents or blanks at the end,
 * and keep short ones only.
 */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
