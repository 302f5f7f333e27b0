import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow } from "../src/repository.ts";

const files = ["packages", "apps", "scripts", "docs"].flatMap((folder) => [
  ...filesBelow(folder, ".ts"),
  ...filesBelow(folder, ".md"),
]);

/** Names that say nothing of what is inside. */
const vague = /^(utils?|helpers?|common|constants|misc)$/;

describe("file names", () => {
  it("are kebab-case", () => {
    const wrong = files.filter((path) => !/^([a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)+|[A-Z]+\.md)$/.test(basename(path)));
    expect(wrong).toEqual([]);
  });

  it("say what is inside", () => {
    const wrong = files.filter((path) => vague.test(basename(path).replace(/\..*$/, "")));
    expect(wrong).toEqual([]);
  });
});
