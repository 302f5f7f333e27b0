/** The body of a message from its two columns. */
export function readBody(text: unknown, bytes: unknown): unknown {
  return text === null ? bytes : JSON.parse(String(text));
}
