/** Things that somebody may throw, none of them an error of a driver. */
export function junk(): readonly unknown[] {
  const circular: Record<string, unknown> = {};
  circular["cause"] = circular;
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error("nobody may look at me");
      },
    },
  );
  return [
    undefined,
    null,
    0,
    Number.NaN,
    "",
    "text",
    7n,
    true,
    Symbol("s"),
    () => undefined,
    {},
    [],
    circular,
    hostile,
    Object.create(null),
    Object.freeze({ code: {}, message: 7, errno: [], number: "x", sqlState: null }),
    { code: null },
    { code: "constructor" },
    { code: "__proto__" },
    { code: 2 ** 60, number: Number.NaN, errorNum: -1 },
    { code: "ZZZZZ" },
    { message: null, code: undefined },
    new Error("plain"),
    new Error(""),
    new TypeError("cannot read properties of undefined"),
    new RangeError("out of range"),
    new AggregateError([], "none"),
    new AggregateError([new Error("inner")], "some"),
    new DOMException("aborted", "AbortError"),
    Object.assign(new Error("long"), { code: "x".repeat(100_000) }),
  ];
}
