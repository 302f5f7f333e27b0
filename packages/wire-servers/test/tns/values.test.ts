import { describe, expect, it } from "vitest";
import { decodeDatetime, encodeDatetime } from "../../src/tns/values/datetime.ts";
import { decodeNumber, encodeNumber } from "../../src/tns/values/number.ts";
import type { OracleType, OracleValue } from "../../src/tns/values/oracle-type.ts";
import { decodeValue, encodeValue } from "../../src/tns/values/wire-value.ts";

describe("NUMBER", () => {
  // As `select dump(n, 16) from dual` shows them.
  it.each([
    ["0", "80"],
    ["1", "c102"],
    ["10", "c10b"],
    ["100", "c202"],
    ["123", "c20218"],
    ["123456.789", "c30d23394f5b"],
    ["0.5", "c033"],
    ["0.01", "c002"],
    ["0.001", "bf0b"],
    ["-1", "3e6466"],
    ["-123", "3d644e66"],
    ["-0.5", "3f3366"],
    ["99999999999999999999999999999999999999", `d3${"64".repeat(19)}`],
  ])("%s is %s", (text, hex) => {
    expect(encodeNumber(text).toString("hex")).toBe(hex);
    expect(decodeNumber(Buffer.from(hex, "hex"))).toBe(text);
  });

  it.each(["1e125", "-9.99e125", "1e-130", "12345678901234567890.12345678901234567890"])("%s comes back", (text) => {
    const once = decodeNumber(encodeNumber(text));
    expect(decodeNumber(encodeNumber(once))).toBe(once);
    expect(Number(once)).toBe(Number(text));
  });

  it("refuses what is too large, and rounds what is too long", () => {
    expect(() => encodeNumber("1e126")).toThrow(/too large/);
    expect(() => encodeNumber("one")).toThrow(/not a number/);
    expect(decodeNumber(encodeNumber("1e-131"))).toBe("0");
    expect(decodeNumber(encodeNumber(`${"1".repeat(40)}5`))).toBe(`${"1".repeat(39)}20`);
  });
});

describe("DATE and TIMESTAMP", () => {
  it.each([
    ["2026-02-28 13:14:15", "787e021c0e0f10"],
    ["1969-12-31 23:59:59", "77a90c1f183c3c"],
    ["0001-01-01 00:00:00", "64650101010101"],
  ])("%s is %s", (text, hex) => {
    expect(encodeDatetime(text, "date").toString("hex")).toBe(hex);
    expect(decodeDatetime(Buffer.from(hex, "hex"))).toBe(text);
  });

  it("a fraction is nanoseconds, a zone is behind it", () => {
    expect(encodeDatetime("2026-02-28 13:14:15.678", "timestamp").toString("hex")).toBe("787e021c0e0f1028697580");
    const zoned = encodeDatetime("2026-02-28 13:14:15.5", "zoned");
    expect(zoned).toHaveLength(13);
    expect(decodeDatetime(zoned)).toBe("2026-02-28 13:14:15.5");
  });
});

it.each<[OracleType, OracleValue]>([
  ["BINARY_DOUBLE", -1.5],
  ["BINARY_DOUBLE", 1e308],
  ["BINARY_DOUBLE", Number.NEGATIVE_INFINITY],
  ["BINARY_FLOAT", 0.25],
  ["VARCHAR2", "\u{1f600} ä"],
  ["RAW", Buffer.from([0, 255])],
  ["BOOLEAN", true],
  ["BOOLEAN", false],
])("%s carries %o there and back", (type, value) => {
  expect(decodeValue(type, encodeValue(type, value))).toEqual(value);
  expect(encodeValue(type, null)).toBeNull();
});

it.each<[OracleType, string, string]>([
  ["INTERVAL YEAR TO MONTH", "1-2", "1 years 2 months"],
  ["INTERVAL YEAR TO MONTH", "-1-2", "-1 years -2 months"],
  ["INTERVAL DAY TO SECOND", "1 2:03:04", "1 days 2 hours 3 minutes 4 seconds 0 microseconds"],
  ["INTERVAL DAY TO SECOND", "-1 2:03:04.5", "-1 days -2 hours -3 minutes -4 seconds -500000 microseconds"],
])("%s: %s goes to the database as %s", (type, text, input) => {
  expect(decodeValue(type, encodeValue(type, text))).toBe(input);
});
