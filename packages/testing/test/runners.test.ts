import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const fixtures = join(import.meta.dirname, "fixtures");
const require = createRequire(import.meta.url);

/** Runs a test runner on its fixture, on the packages as they are published; gives what it says. */
async function runs(folder: string, ...parameters: readonly string[]): Promise<string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|JEST|NODE_|TEST$)/.test(name));
  const env = { ...Object.fromEntries(kept), NO_COLOR: "1", FORCE_COLOR: "0" };
  try {
    const { stdout, stderr } = await run(process.execPath, parameters, { cwd: join(fixtures, folder), env });
    return stdout + stderr;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${folder} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

function binary(name: string, path: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), path);
}

beforeAll(() => {
  // Jest and CommonJS can only have what is built.
  const built = join(import.meta.dirname, "../dist/index.cjs");
  if (!existsSync(built)) throw new Error("build the packages first: npx --yes pnpm@12 build");
});

describe("tests of a file see nothing of each other", { timeout: 120_000 }, () => {
  it("under vitest", async () => {
    expect(await runs("vitest", binary("vitest", "vitest.mjs"), "run", "--root", ".")).toMatch(/Tests +2 passed/);
  });

  it("under Jest, in CommonJS", async () => {
    expect(await runs("jest-cjs", binary("jest", "bin/jest.js"), "--ci")).toMatch(/Tests: +2 passed/);
  });

  it("under Jest, in ECMAScript modules", async () => {
    const jest = binary("jest", "bin/jest.js");
    expect(await runs("jest-esm", "--experimental-vm-modules", "--no-warnings", jest, "--ci")).toMatch(
      /Tests: +2 passed/,
    );
  });

  it("under node:test", async () => {
    expect(await runs("node-test", "--test", "orders.test.mjs")).toMatch(/pass 2\n[\s\S]*fail 0/);
  });
});
