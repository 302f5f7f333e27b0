import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/errors/index.ts";
import { checkTypeOptions, typeDefaults } from "../../src/types/index.ts";
import { conversionFailure, decoded } from "./mapping.ts";

describe("SQL NULL", () => {
  it("is null in every type, whatever the options", () => {
    const types = [
      "integer",
      "decimal",
      "float",
      "boolean",
      "string",
      "bytes",
      "date",
      "time",
      "timestamp",
      "timestamptz",
      "json",
      "uuid",
      "interval",
      "any",
      "dynamic",
    ] as const;
    for (const type of types) {
      expect(decoded(type, null)).toBeNull();
      expect(
        decoded(type, null, { bigint: "string", decimal: "number", date: "date", timestamp: "string", json: "string" }),
      ).toBeNull();
    }
  });
});

describe("a JSON document", () => {
  it("is parsed, and a document null is null like SQL NULL", () => {
    expect(decoded("json", '{"a":[1,null,"😀"]}')).toEqual({ a: [1, null, "😀"] });
    expect(decoded("json", "null")).toBeNull();
    expect(decoded("json", '"text"')).toBe("text");
    expect(decoded("json", "0")).toBe(0);
  });

  it("is text by option, where null and SQL NULL stay apart and numbers keep their digits", () => {
    expect(decoded("json", "null", { json: "string" })).toBe("null");
    expect(decoded("json", null, { json: "string" })).toBeNull();
    expect(decoded("json", '{"n": 9007199254740993}', { json: "string" })).toBe('{"n": 9007199254740993}');
  });

  it("is an error when it cannot be parsed, which does not quote it", () => {
    expect(conversionFailure("json", "hunter2 {")).toBe(
      'orders (postgres): column "value" holds something that is no JSON; use types: { json: "string" }',
    );
    expect(conversionFailure("json", Buffer.from("{}"))).toContain("no JSON");
    try {
      decoded("json", "hunter2 {");
      expect.unreachable();
    } catch (error) {
      expect(inspect(error)).not.toContain("hunter2");
    }
  });
});

describe("a UUID", () => {
  it("is lower case, whatever the engine writes", () => {
    expect(decoded("uuid", "6F9619FF-8B86-D011-B42D-00C04FC964FF")).toBe("6f9619ff-8b86-d011-b42d-00c04fc964ff");
    expect(conversionFailure("uuid", 5)).toContain("no UUID");
  });
});

describe("every other type", () => {
  it("comes as the driver gives it", () => {
    const bytes = Buffer.from([0, 255]);
    const vector = [1, 2];
    expect(decoded("bytes", bytes)).toBe(bytes);
    expect(decoded("any", vector)).toBe(vector);
    expect(decoded("boolean", true)).toBe(true);
    expect(decoded("string", "")).toBe("");
    expect(decoded("time", "12:30:00.123456+02")).toBe("12:30:00.123456+02");
    expect(decoded("interval", "1 day")).toBe("1 day");
  });
});

describe("the options", () => {
  it("are completed with the defaults and frozen", () => {
    expect(checkTypeOptions({}, "orders")).toEqual(typeDefaults);
    expect(checkTypeOptions({ bigint: "string", json: undefined }, "orders")).toEqual({
      ...typeDefaults,
      bigint: "string",
    });
    expect(Object.isFrozen(checkTypeOptions({ bigint: "string" }, "orders"))).toBe(true);
    expect(Object.isFrozen(typeDefaults)).toBe(true);
  });

  it("are refused with the key, what was found and what would be right", () => {
    const message = (options: unknown) => {
      try {
        checkTypeOptions(options, "orders");
      } catch (error) {
        if (error instanceof ConfigurationError) return `${error.key}: ${error.message}`;
        throw error;
      }
      return "nothing was thrown";
    };
    expect(message({ bigInt: "auto" })).toBe(
      'types.bigInt: orders: unknown option "types.bigInt"; did you mean "bigint"?',
    );
    expect(message({ decimal: "strin" })).toBe(
      'types.decimal: orders: option "types.decimal" must be "string" or "number", not "strin"; did you mean "string"?',
    );
    expect(message({ date: Date })).toContain('option "types.date" must be "string" or "date", not a function');
    expect(message("string")).toContain("options must be an object");
    expect(message(null)).toContain("options must be an object");
  });
});
