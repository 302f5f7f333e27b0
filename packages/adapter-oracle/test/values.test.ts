import { jsonText } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { bindTypeOf, boundValue, exactNumber, intervalText, unconstrainedNumber } from "../src/values.ts";

describe("parameters", () => {
  it("are bound by their value", () => {
    expect(boundValue("text")).toEqual({ type: "VARCHAR", value: "text" });
    expect(boundValue(5)).toEqual({ type: "NUMBER", value: 5 });
    expect(boundValue(9007199254740993n)).toEqual({ type: "NUMBER", value: 9007199254740993n });
    expect(boundValue(null)).toEqual({ type: "VARCHAR", value: null });
    expect(boundValue(Buffer.from([1, 2])).value).toEqual(Buffer.from([1, 2]));
  });

  it("go as a double where NUMBER does not reach", () => {
    expect(boundValue(1e130).type).toBe("BINARY_DOUBLE");
    expect(boundValue(1e-200).type).toBe("BINARY_DOUBLE");
    expect(boundValue(0).type).toBe("NUMBER");
  });

  it("are 1 and 0 for SQL, which has no booleans before version 23, and booleans for PL/SQL", () => {
    expect(boundValue(true)).toEqual({ type: "NUMBER", value: 1 });
    expect(boundValue(false)).toEqual({ type: "NUMBER", value: 0 });
    expect(boundValue(true, "boolean")).toEqual({ type: "BOOLEAN", value: true });
  });

  it("are refused with a type that does not exist", () => {
    expect(() => bindTypeOf("nonsense")).toThrow("nonsense");
  });

  it("keep the text of a document", () => {
    expect(JSON.stringify(boundValue(jsonText('{"a":1}')))).toContain("a");
  });
});

describe("values of the server", () => {
  it("keep every digit of a NUMBER", () => {
    expect(exactNumber(".5")).toBe("0.5");
    expect(exactNumber("-.25")).toBe("-0.25");
    expect(exactNumber("12345678901234567890123456789012345678")).toBe("12345678901234567890123456789012345678");
    expect(unconstrainedNumber("9007199254740993")).toBe(9007199254740993n);
    expect(unconstrainedNumber(".1")).toBe("0.1");
  });

  it("are intervals as Oracle writes them", () => {
    expect(intervalText({ years: 1, months: 2 })).toBe("+01-02");
    expect(intervalText({ days: 1, hours: 2, minutes: 3, seconds: 4, fseconds: 5_000_000 })).toBe(
      "+01 02:03:04.005000",
    );
    expect(intervalText(null)).toBe(null);
  });
});
