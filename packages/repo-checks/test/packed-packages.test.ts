import { copyFileSync, readdirSync, realpathSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { compileConsumer, resolutions } from "../src/compile-consumer.ts";
import { declarationFindings } from "../src/declarations.ts";
import { type PackedPackage, packPublished } from "../src/packed-packages.ts";
import { type Manifest, publishedPackages } from "../src/repository.ts";
import { runCommand, runOrThrow } from "../src/run-command.ts";

const consumers = join(import.meta.dirname, "../consumers");
const names = publishedPackages().map(({ manifest }) => manifest.name);

let folder: string;
let project: string;
let packed: ReadonlyMap<string, PackedPackage>;

beforeAll(async () => {
  folder = realpathSync(await mkdtemp(join(tmpdir(), "mdb-packed-")));
  const tarballs = join(folder, "tarballs");
  project = join(folder, "project");
  await mkdir(tarballs);
  await mkdir(project);
  packed = new Map((await packPublished(tarballs)).map((it) => [it.name, it]));
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true }));
  const files = [...packed.values()].map(({ tarball }) => tarball);
  await runOrThrow("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...files], { cwd: project });
  for (const file of readdirSync(consumers)) copyFileSync(join(consumers, file), join(project, file));
}, 480_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the packed packages, installed by npm into an empty project", () => {
  it.each(["ecmascript.mjs", "commonjs.cjs", "two-copies.cjs", "integrations.mjs", "conformance.mjs"])(
    "run %s",
    async (program) => {
      const environment = { CONSUMER_POSTGRES_URL: inject("postgresUrl"), CONSUMER_MYSQL_URL: inject("mysqlUrl") };
      // Node.js 22 calls its own `node:sqlite`, on which the testkit's reference server stands, experimental.
      const node = [process.execPath, ["--disable-warning=ExperimentalWarning", program]] as const;
      const finished = await runCommand(...node, { cwd: project, environment });
      expect(finished).toEqual({ code: 0, signal: null, stdout: "ok\n", stderr: "" });
    },
  );

  it.each(Object.keys(resolutions) as (keyof typeof resolutions)[])(
    "compile in a strict project with moduleResolution %s",
    (resolution) => {
      for (const program of ["types.mts", "integrations.mts"]) {
        expect(compileConsumer(join(project, program), resolution)).toEqual([]);
      }
    },
  );

  it("compile in a strict project of CommonJS modules", () => {
    copyFileSync(join(project, "types.mts"), join(project, "types-commonjs.cts"));
    expect(compileConsumer(join(project, "types-commonjs.cts"), "node16")).toEqual([]);
  });
});

describe.each(names)("%s, packed", (name) => {
  const tarball = () => {
    const it = packed.get(name);
    if (it === undefined) throw new Error(`${name} is not packed`);
    return it.bytes;
  };

  it("has nothing that publint objects to", async () => {
    const { messages, pkg } = await publint({ pack: { tarball: tarball().buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it("has types that are right for every way to import it", async () => {
    const result = await checkPackage(createPackageFromTarballData(tarball()));
    expect(result.types).not.toBe(false);
    expect("problems" in result ? result.problems : undefined).toEqual([]);
  });

  it("holds what it runs on, its sources, its licence and a page about it, and no test", () => {
    const files = createPackageFromTarballData(tarball())
      .listFiles()
      .map((path) => path.slice(`/node_modules/${name}/`.length));
    expect(files).toEqual(
      expect.arrayContaining([
        "package.json",
        "README.md",
        "LICENSE",
        ...["index.js", "index.cjs", "index.d.ts", "index.d.cts", "index.js.map"].map((file) => `dist/${file}`),
        "src/index.ts",
      ]),
    );
    expect(files.filter((path) => /(^|\/)test\/|\.test\./.test(path))).toEqual([]);
  });

  const manifest = () =>
    JSON.parse(createPackageFromTarballData(tarball()).readFile(`/node_modules/${name}/package.json`)) as Manifest;

  it("depends on ranges of the registry, and on ours as plain dependencies, never as peers", () => {
    const { dependencies = {}, peerDependencies = {} } = manifest();
    const ranges = Object.values({ ...dependencies, ...peerDependencies });
    expect(ranges.filter((range) => /workspace:|catalog:|file:|link:/.test(range))).toEqual([]);
    expect(Object.keys(peerDependencies).filter((peer) => names.includes(peer))).toEqual([]);
  });

  it("declares no `any`, and no type of a driver or of another package that its user does not have", () => {
    const files = createPackageFromTarballData(tarball());
    const declarations = files.listFiles().filter((path) => /\.d\.c?ts$/.test(path));
    expect(declarations.length).toBeGreaterThanOrEqual(2);
    const peers = Object.keys(manifest().peerDependencies ?? {});
    expect(declarations.flatMap((path) => declarationFindings(path, files.readFile(path), peers))).toEqual([]);
  });
});

describe("the check of declarations", () => {
  it("finds an any and a foreign type", () => {
    expect(declarationFindings("a.d.ts", 'import { Client } from "pg";\nexport declare const a: any;')).toEqual([
      "a.d.ts:2: any: export declare const a: any;",
      "a.d.ts:1: types of pg",
    ]);
    expect(declarationFindings("a.d.ts", "/** any */ export declare const any: string;")).toEqual([]);
  });
});
