import { expect, it } from "vitest";
import { summarize } from "../src/measure/statistics.ts";

it("gives the median and the quartiles, whatever the order", () => {
  expect(summarize([5, 1, 3, 2, 4])).toEqual({ value: 3, low: 2, high: 4 });
});

it("takes the middle of two where there is no single one", () => {
  expect(summarize([1, 2, 3, 4]).value).toBe(2.5);
});
