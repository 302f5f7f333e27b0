import { describe, expect, it } from "vitest";
import { conversionFailure, decoded } from "./mapping.ts";

const safe = 9_007_199_254_740_991n;

describe("an integer", () => {
  it("is a number while that is exact and a bigint beyond, whatever form the driver gives", () => {
    for (const form of [7, 7n, "7"]) expect(decoded("integer", form)).toBe(7);
    for (const form of [-7, -7n, "-7", "-07"]) expect(decoded("integer", form)).toBe(-7);
    for (const form of [0, 0n, "0", "-0"]) expect(decoded("integer", form)).toBe(0);
    expect(decoded("integer", safe)).toBe(Number.MAX_SAFE_INTEGER);
    expect(decoded("integer", String(safe))).toBe(Number.MAX_SAFE_INTEGER);
    expect(decoded("integer", safe + 2n)).toBe(9_007_199_254_740_993n);
    expect(decoded("integer", "9007199254740993")).toBe(9_007_199_254_740_993n);
    expect(decoded("integer", "9007199254740992")).toBe(9_007_199_254_740_992n);
    expect(decoded("integer", -safe - 1n)).toBe(-9_007_199_254_740_992n);
    expect(decoded("integer", "-9223372036854775808")).toBe(-(2n ** 63n));
  });

  it("is always a number by option, and an error where that loses a digit", () => {
    for (const form of [7, 7n, "7"]) expect(decoded("integer", form, { bigint: "number" })).toBe(7);
    expect(decoded("integer", String(safe), { bigint: "number" })).toBe(Number.MAX_SAFE_INTEGER);
    for (const form of [safe + 1n, String(safe + 1n), "-9223372036854775808"]) {
      expect(conversionFailure("integer", form, { bigint: "number" })).toBe(
        'orders (postgres): column "value" holds an integer beyond 2^53 - 1; use types: { bigint: "auto" }, "bigint" or "string"',
      );
    }
  });

  it("is always a bigint or a string by option", () => {
    for (const form of [7, 7n, "7"]) {
      expect(decoded("integer", form, { bigint: "bigint" })).toBe(7n);
      expect(decoded("integer", form, { bigint: "string" })).toBe("7");
    }
    expect(decoded("integer", "9007199254740993", { bigint: "string" })).toBe("9007199254740993");
    expect(decoded("integer", "9007199254740993", { bigint: "bigint" })).toBe(9_007_199_254_740_993n);
  });

  it("is an error when the column holds something else, as SQLite allows", () => {
    for (const wrong of ["", " 1", "0x10", "1e3", "1.5", "abc", Buffer.from("1"), true]) {
      expect(conversionFailure("integer", wrong)).toContain("holds something that is no integer");
    }
    expect(decoded("integer", 1.5)).toBe(1.5);
    expect(conversionFailure("integer", 1.5, { bigint: "bigint" })).toContain("no integer");
  });
});

describe("a decimal", () => {
  it("keeps every digit as text", () => {
    for (const digits of ["0.1", "0.10", "-12345678901234567890123456789.012345678", "NaN", "0"]) {
      expect(decoded("decimal", digits)).toBe(digits);
    }
  });

  it("is written without an exponent when the engine itself stores a double or an integer", () => {
    expect(decoded("decimal", 0.1)).toBe("0.1");
    expect(decoded("decimal", 1.5e-7)).toBe("0.00000015");
    expect(decoded("decimal", -1e-7)).toBe("-0.0000001");
    expect(decoded("decimal", 1e21)).toBe("1000000000000000000000");
    expect(decoded("decimal", -12)).toBe("-12");
    expect(decoded("decimal", 5n)).toBe("5");
    expect(conversionFailure("decimal", Buffer.from("1"))).toContain("no decimal");
  });

  it("is rounded to a number by option, but never by a whole unit", () => {
    expect(decoded("decimal", "0.1", { decimal: "number" })).toBe(0.1);
    expect(decoded("decimal", "3.333333333333333333333", { decimal: "number" })).toBe(10 / 3);
    expect(decoded("decimal", "9007199254740991.4", { decimal: "number" })).toBe(Number.MAX_SAFE_INTEGER);
    expect(decoded("decimal", "NaN", { decimal: "number" })).toBeNaN();
    expect(decoded("decimal", "-Infinity", { decimal: "number" })).toBe(Number.NEGATIVE_INFINITY);
    expect(decoded("decimal", 2.5, { decimal: "number" })).toBe(2.5);
    for (const large of ["9007199254740993", "123456789012345678.9", `1${"0".repeat(400)}`, safe + 2n]) {
      expect(conversionFailure("decimal", large, { decimal: "number" })).toContain('use types: { decimal: "string" }');
    }
    for (const wrong of ["", " ", "abc", Buffer.from("1")]) {
      expect(conversionFailure("decimal", wrong, { decimal: "number" })).toContain("no decimal");
    }
  });
});

describe("a float", () => {
  it("is a number, also from text", () => {
    expect(decoded("float", 1.5)).toBe(1.5);
    expect(decoded("float", "1e+20")).toBe(1e20);
    expect(decoded("float", "0.30000000000000004")).toBe(0.1 + 0.2);
    expect(decoded("float", "NaN")).toBeNaN();
    expect(decoded("float", "-Infinity")).toBe(Number.NEGATIVE_INFINITY);
    expect(decoded("float", 3n)).toBe(3);
    for (const wrong of ["", "abc", Buffer.from("1")]) {
      expect(conversionFailure("float", wrong)).toContain("holds something that is no float");
    }
  });
});

describe("a column without a type", () => {
  it("goes by the value, and by the option for integers", () => {
    const bytes = Buffer.from("x");
    for (const value of [1.5, "9", true, bytes]) expect(decoded("dynamic", value)).toBe(value);
    expect(decoded("dynamic", 5n)).toBe(5);
    expect(decoded("dynamic", safe + 2n)).toBe(safe + 2n);
    expect(decoded("dynamic", 5n, { bigint: "bigint" })).toBe(5n);
    expect(decoded("dynamic", 5n, { bigint: "string" })).toBe("5");
    expect(conversionFailure("dynamic", safe + 2n, { bigint: "number" })).toContain("beyond 2^53 - 1");
  });
});
