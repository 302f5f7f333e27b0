import { expect, it } from "vitest";
import { filesBelow, read } from "../src/repository.ts";

const longest = 250;

/** Source files that are longer and still one idea, each with what that idea is. */
const accepted: Readonly<Record<string, string>> = {};

it("a source file of more than 250 lines is named here with the one idea it holds", () => {
  const sources = ["packages", "apps", "scripts"].flatMap((folder) => filesBelow(folder, ".ts"));
  const long = sources.filter((path) => !path.includes("/test/")).filter((path) => lineCount(path) > longest);
  expect(long.map((path) => `${path} (${lineCount(path)} lines)`).filter((it) => !isAccepted(it))).toEqual([]);
  expect(Object.keys(accepted).filter((path) => !long.includes(path))).toEqual([]);
});

function isAccepted(named: string): boolean {
  return Object.keys(accepted).some((path) => named.startsWith(`${path} `));
}

function lineCount(path: string): number {
  return read(path).trimEnd().split("\n").length;
}
