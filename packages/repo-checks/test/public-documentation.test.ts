import { describe, expect, it } from "vitest";
import { documents } from "../src/documents.ts";
import { publicModules, publicNames } from "../src/public-modules.ts";
import { filesBelow, publishedPackages, read } from "../src/repository.ts";
import { undocumentedExports } from "../src/undocumented-exports.ts";

const modules = publicModules(publishedPackages());

it("says of everything that the packages export what it does", () => {
  expect(undocumentedExports(modules)).toEqual([]);
});

it("has a place in the documents for everything that the packages export", () => {
  const text = documents()
    .map((document) => document.text)
    .join("\n");
  const words = new Set(text.match(/[A-Za-z_$][\w$]*/g));
  const lost = modules.flatMap(({ name, symbols }) =>
    symbols.filter((symbol) => !words.has(symbol.name)).map((symbol) => `${name}: ${symbol.name}`),
  );
  expect(lost).toEqual([]);
});

/** Classes of errors that documents name and that are not ours. */
const others = new Set([
  ...["AggregateError", "TypeError", "RangeError"],
  ...["DBAPIError", "IntegrityError", "OperationalError", "QueryFailedError"], // what people come from
  "FakeError", // of the driver that the page on writing an adapter makes up
]);

it("has no class of errors in its documents that does not exist", () => {
  const real = new Set(modules.flatMap(({ symbols }) => symbols.map((symbol) => symbol.name)));
  const wrong = documents().flatMap(({ path, text }) =>
    [...text.matchAll(/`([A-Z]\w*Error)`/g)]
      .map(([, name = ""]) => name)
      .filter((name) => !real.has(name) && !others.has(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(wrong).toEqual([]);
});

describe("what is public", () => {
  // A name that comes or goes is a promise made or broken: look at it, then write the lists anew by running this file with `--update`.
  it.each(modules)("of $name are the names in its list", async (module) => {
    expect(module.symbols.length).toBeGreaterThan(0);
    await expect(publicNames(module)).toMatchFileSnapshot(`../public-names/${module.folder}.txt`);
  });

  it("is said name by name: no source exports whatever another one has", () => {
    const sources = publishedPackages().flatMap(({ folder }) => filesBelow(`${folder}/src`, ".ts"));
    expect(sources.filter((path) => /^export \* from/m.test(read(path)))).toEqual([]);
  });
});
