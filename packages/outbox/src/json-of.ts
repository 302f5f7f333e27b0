import { sql } from "@nsj/mdb-core";

/**
 * A value as JSON. NaN and infinities are refused, of which JSON would silently make null.
 *
 * @param what - what it is, for the message: `the body of a message`
 * @throws TypeError that says what is wrong, and holds no value
 */
export function jsonOf(what: string, value: unknown): string {
  try {
    return sql.json(value).text;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`${what} is nothing that JSON can hold (${why})`, { cause: error });
  }
}
