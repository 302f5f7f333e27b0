/** What a value is, for a message that must not show it: `undefined`, `a string`, `an array`, `a Map`, `a promise`. */
export function kindInWords(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (typeof (value as { readonly then?: unknown }).then === "function") return "a promise";
  const name = className(value);
  return name === undefined || name === "Object" ? "an object" : `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`;
}

/** {@link kindInWords} where something awaited would do. */
export function kindUnawaited(value: unknown): string {
  const kind = kindInWords(value);
  return kind === "a promise" ? `${kind}; is an await missing?` : kind;
}

function className(value: object): string | undefined {
  const made: unknown = value.constructor;
  return typeof made === "function" && made.name !== "" ? made.name : undefined;
}
