import { jsonText, type LogicalType, type ParameterValue } from "@nsj/mdb-core";
import type { Traits } from "./subject.ts";
import type { TypeName } from "./type-names.ts";

/** A value that goes in, and what `canonical` says when it comes back. */
export interface Sample {
  readonly value: ParameterValue;
  readonly expected: string;
}

/** The values that a type must carry, its edges among them. */
export interface TypeSamples {
  readonly type: TypeName;
  /** What a column of the type may call itself. */
  readonly logical: readonly LogicalType[];
  readonly samples: readonly Sample[];
}

const same = (...values: readonly string[]): Sample[] => values.map((value) => ({ value, expected: value }));
const numbers = (...values: readonly (number | bigint)[]): Sample[] =>
  values.map((value) => ({ value, expected: String(value) }));
const dates = (...values: readonly string[]): Sample[] =>
  values.map((value) => ({ value: new Date(value), expected: new Date(value).toISOString() }));
const documents = (...values: readonly unknown[]): Sample[] =>
  values.map((value) => ({ value: jsonText(JSON.stringify(value)), expected: JSON.stringify(value) }));
const bytes = (...values: readonly Buffer[]): Sample[] =>
  values.map((value) => ({ value, expected: value.toString("hex") }));

const instants = dates(
  "0001-01-01T00:00:00.000Z",
  "1899-12-31T23:59:59.999Z",
  "1969-12-31T23:59:59.999Z",
  "1970-01-01T00:00:00.000Z",
  "2000-02-29T12:00:00.000Z",
  "2018-11-04T00:30:00.000Z", // between midnight and one, an hour that São Paulo skipped
  "2018-02-17T23:30:00.000Z", // and one that it had twice
  "2026-03-29T02:30:00.123Z",
  "2026-10-25T02:30:00.001Z",
  "9999-12-31T23:59:59.999Z",
);

/** Says whether a column of a type can hold a value, which the subject's `instants` may narrow. */
export function canHold(type: TypeName, value: unknown, { instants }: Traits = {}): boolean {
  if (type !== "timestamptz" || instants === undefined || !(value instanceof Date)) return true;
  return instants.from <= value && value <= instants.to;
}

/** Every row of the type contract. */
export const typeSamples: readonly TypeSamples[] = [
  {
    type: "integer",
    // Oracle keeps every number as NUMBER, so its integers may be decimals without a fraction.
    logical: ["integer", "decimal"],
    samples: numbers(0, 1, -1, 2_147_483_647, -2_147_483_648, 42n),
  },
  {
    type: "bigint",
    logical: ["integer", "decimal"],
    samples: numbers(
      0,
      9_007_199_254_740_991,
      -9_007_199_254_740_991,
      9_007_199_254_740_992n,
      9_007_199_254_740_993n,
      -9_007_199_254_740_993n,
      9_223_372_036_854_775_807n,
      -9_223_372_036_854_775_808n,
    ),
  },
  {
    type: "decimal",
    logical: ["decimal"],
    samples: same(
      "0",
      "0.1",
      "-0.1",
      "100",
      "1.5",
      "0.0000000001",
      "-0.0000000001",
      "9007199254740993",
      "12345678901234567890.12345678",
      "9999999999999999999999999999.9999999999",
      "-9999999999999999999999999999.9999999999",
    ),
  },
  {
    type: "float",
    logical: ["float"],
    samples: numbers(0, 1.5, -0.1, 1 / 3, 1e300, -1e-300, Number.MAX_VALUE, 123_456_789.123_456_79),
  },
  {
    type: "boolean",
    logical: ["boolean"],
    samples: [
      { value: true, expected: "true" },
      { value: false, expected: "false" },
    ],
  },
  {
    type: "bytes",
    logical: ["bytes"],
    samples: bytes(
      Buffer.from([0]),
      Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
      Buffer.from("\\x00 it's text"),
      Buffer.alloc(1_000_000, "abc\0"),
    ),
  },
  {
    type: "date",
    logical: ["date"],
    samples: same(
      "0001-01-01",
      "1600-02-29",
      "1899-12-31",
      "1970-01-01",
      "2000-02-29",
      "2018-11-04",
      "2026-03-29",
      "9999-12-31",
    ),
  },
  { type: "time", logical: ["time"], samples: same("00:00:00", "12:34:56", "23:59:59") },
  { type: "timestamp", logical: ["timestamp"], samples: instants },
  { type: "timestamptz", logical: ["timestamptz"], samples: instants },
  {
    type: "json",
    logical: ["json"],
    samples: documents({}, [], null, true, "text", 0.1, [1, [2, [null]]], {
      a: { b: ['it\'s "quoted"', "\u{1f600}", "\u2028"] },
    }),
  },
  {
    type: "uuid",
    logical: ["uuid"],
    samples: same("00000000-0000-0000-0000-000000000000", "0f8fad5b-d9cb-469f-a165-70867728950e"),
  },
];
