import { describe, expect, it } from "vitest";
import { conversionFailure, decoded } from "./mapping.ts";

describe("an array", () => {
  it("has elements as their own type comes, NULLs and nested arrays among them", () => {
    expect(decoded("integer[]", [1, "9007199254740993", null])).toEqual([1, 9007199254740993n, null]);
    expect(decoded("timestamptz[]", [["2024-02-29 12:00:00+02"], [null]])).toEqual([
      [new Date("2024-02-29T10:00:00Z")],
      [null],
    ]);
    expect(decoded("json[]", ['{"a": [1]}', "null"])).toEqual([{ a: [1] }, null]);
    expect(decoded("uuid[]", ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"])).toEqual([
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    ]);
    expect(decoded("string[]", ["a", null])).toEqual(["a", null]);
    expect(decoded("decimal[]", [])).toEqual([]);
  });

  it("follows what was chosen for the type of its elements", () => {
    expect(decoded("integer[]", [1], { bigint: "string" })).toEqual(["1"]);
    expect(decoded("decimal[]", ["1.5"], { decimal: "number" })).toEqual([1.5]);
    expect(decoded("timestamp[]", ["infinity"], { timestamp: "string" })).toEqual(["infinity"]);
    expect(decoded("date[]", ["2024-02-29"], { date: "date" })).toEqual([new Date("2024-02-29T00:00:00Z")]);
    expect(decoded("json[]", ['{"a": 1}'], { json: "string" })).toEqual(['{"a": 1}']);
  });

  it("cannot hold what its elements cannot be", () => {
    expect(conversionFailure("timestamp[]", ["infinity"])).toContain('types: { timestamp: "string" }');
  });
});
