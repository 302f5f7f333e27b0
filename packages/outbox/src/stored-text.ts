import { digestOf } from "./digest.ts";

/** What every database tells from every other such text. */
const plain = /^[0-9a-z_.:-]{1,64}$/;

/**
 * A text as it is kept where it has to be told from every other one: most as they are, for people; in the place of others, which many databases compare without regard to case,
 * accents or blanks at the end, stands what no plain one is.
 */
export function storedText(text: string): string {
  return plain.test(text) ? text : `#${digestOf(text)}`;
}
