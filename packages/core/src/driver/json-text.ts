/** Marks a JSON document among the parameters. A registered symbol, because two copies of this package can meet. */
const mark = Symbol.for("@nsj/mdb/json-text");

/** A JSON document as text, so that a driver can tell it from a string. */
export interface JsonText {
  /** The document, serialised. */
  readonly text: string;
}

/** Wraps a serialised document. */
export function jsonText(text: string): JsonText {
  return Object.freeze({ text, [mark]: true });
}

/** Says whether a parameter is a JSON document. */
export function isJsonText(value: unknown): value is JsonText {
  return typeof value === "object" && value !== null && mark in value;
}
