import { expect, it } from "vitest";
import { readArguments } from "../src/arguments.ts";

it("takes parts of names one by one or with commas", () => {
  expect(readArguments(["--only", "pool,sqlite", "--only", "stream"]).only).toEqual(["pool", "sqlite", "stream"]);
});

it("refuses what it does not know", () => {
  expect(() => readArguments(["--fast"])).toThrow("--fast");
});
