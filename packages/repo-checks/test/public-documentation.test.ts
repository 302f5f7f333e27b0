import { expect, it } from "vitest";
import { publishedPackages } from "../src/repository.ts";
import { undocumentedExports } from "../src/undocumented-exports.ts";

it("everything that a published package exports has its TSDoc", { timeout: 120_000 }, () => {
  expect(undocumentedExports(publishedPackages())).toEqual([]);
});
