import { describe, expect, it } from "vitest";
import { publishedPackages, read, workspacePackages } from "../src/repository.ts";

const repository = "https://github.com/nsj/mdb";
const published = publishedPackages();

/** What the package.json of a published package says as every other one does, but for its folder. */
const agreed = (folder: string): Readonly<Record<string, unknown>> => ({
  license: "MIT",
  repository: { type: "git", url: `git+${repository}.git`, directory: folder },
  homepage: `${repository}/tree/main/${folder}#readme`,
  bugs: { url: `${repository}/issues` },
  type: "module",
  sideEffects: false,
  engines: { node: ">=22.14" },
  exports: {
    ".": {
      "mdb:source": "./src/index.ts",
      import: { types: "./dist/index.d.ts", default: "./dist/index.js" },
      require: { types: "./dist/index.d.cts", default: "./dist/index.cjs" },
    },
    "./package.json": "./package.json",
  },
  main: "./dist/index.cjs",
  module: "./dist/index.js",
  types: "./dist/index.d.cts",
  files: ["dist", "src", "CHANGELOG.md"],
  publishConfig: { access: "public", provenance: true },
  scripts: { build: "tsup" },
});

describe("every package.json", () => {
  it.each(published.map(({ folder }) => folder))("of %s says what the others say", (folder) => {
    const manifest = JSON.parse(read(`${folder}/package.json`)) as Readonly<Record<string, unknown>>;
    const wanted = agreed(folder);
    expect(Object.fromEntries(Object.keys(wanted).map((key) => [key, manifest[key]]))).toEqual(wanted);
    // In what order `import` and `require` find their types decides what they find.
    expect(JSON.stringify(manifest["exports"])).toBe(JSON.stringify(wanted["exports"]));
    expect(manifest["name"]).toBe(`@nsj/mdb-${folder.slice("packages/".length)}`);
    expect(String(manifest["description"]).length).toBeGreaterThan(20);
    expect(manifest["keywords"]).toEqual(expect.arrayContaining(["sql", "database", "multi-database"]));
  });

  it("of what is published has one version, and whatever is not published has none", () => {
    const versions = workspacePackages().map(({ folder, manifest }) => [
      manifest.private === true ? "private" : "published",
      (JSON.parse(read(`${folder}/package.json`)) as { readonly version?: string }).version,
    ]);
    const of = (kind: string) => new Set(versions.filter(([it]) => it === kind).map(([, version]) => version));
    expect(of("published").size).toBe(1);
    expect([...of("private")]).toEqual(["0.0.0"]);
  });

  it("takes the packages of this repository in the range that publishing makes of the workspace", () => {
    const wrong = workspacePackages().flatMap(({ folder, manifest }) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies })
        .filter(([name, range]) => name.startsWith("@nsj/") && range !== "workspace:^")
        .map(([name, range]) => `${folder}: ${name} ${range}`),
    );
    expect(wrong).toEqual([]);
  });

  it("raises its version with all the others", () => {
    const config = JSON.parse(read(".changeset/config.json")) as { readonly fixed: readonly (readonly string[])[] };
    expect(config.fixed).toEqual([["@nsj/mdb-*"]]);
  });
});
