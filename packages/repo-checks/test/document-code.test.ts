import { describe, expect, it } from "vitest";
import { compileFindings } from "../src/compile-documents.ts";
import { documents, parseDocument } from "../src/documents.ts";
import { excerptFindings } from "../src/excerpts.ts";
import { read } from "../src/repository.ts";

describe("code in the documents", () => {
  it("compiles against the sources", { timeout: 120_000 }, () => {
    const all = documents();
    expect(all.flatMap(({ blocks }) => blocks.filter(({ language }) => language === "ts")).length).toBeGreaterThan(5);
    expect(compileFindings(all)).toEqual([]);
  });
});

describe("code that a document takes from a file", () => {
  it("stands in that file", () => {
    const all = documents();
    expect(all.flatMap(({ blocks }) => blocks.filter(({ source }) => source !== undefined)).length).toBeGreaterThan(10);
    expect(excerptFindings(all, read)).toEqual([]);
  });

  it("is found out when it does not", () => {
    const page = parseDocument(
      "one.md",
      ["```ts a.ts", "two();", "  three();", "```", "```ts a.ts", "four();", "```"].join("\n"),
    );
    expect(excerptFindings([page], () => "one();\n  two();\n    three();\n")).toEqual([
      "one.md:6: this is not what stands in a.ts",
    ]);
  });
});

describe("the check of code in documents", () => {
  it("names the page and line of what does not compile", { timeout: 120_000 }, () => {
    const page = [
      "<!-- ts",
      "declare const given: string;",
      "-->",
      "```ts",
      "const length = given.length;",
      "length.missing;",
      "```",
    ];
    const alone = ["```ts", 'import { MdbError } from "@nsj/mdb-core";', "const it: MdbError = 1;", "```"];
    const found = compileFindings([
      parseDocument("one.md", page.join("\n")),
      parseDocument("two.md", alone.join("\n")),
    ]);
    expect(found).toEqual([
      expect.stringMatching(/^one\.md:6: Property 'missing' does not exist/),
      expect.stringMatching(/^two\.md:3: Type 'number' is not assignable/),
    ]);
  });

  it("refuses a block without an end", () => {
    expect(() => parseDocument("one.md", "text\n```ts\ncode")).toThrow("one.md:2: this code block has no end");
  });
});
