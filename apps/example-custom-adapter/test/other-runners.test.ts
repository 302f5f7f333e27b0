import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { describe } from "./support/node.ts";

describe("the suites without vitest", () => {
  it("pass under node --test", { timeout: 120_000 }, async () => {
    const output = await run("--expose-gc", "--test", "--test-reporter=tap", "node-test-main.ts");
    expect(output).toMatch(/# fail 0/);
    expect(Number(/# pass (\d+)/.exec(output)?.[1])).toBeGreaterThan(200);
  });

  it("give a table that can be published", { timeout: 120_000 }, async () => {
    const table = await run("table-main.ts");
    expect(table).toMatch(/^Driver node-sqlite \d+\.\d+\.\d+, server 3\.[\d.]+, Node\.js \d+/);
    expect(table).toMatch(/\| \*\*all\*\* \| \d{3} \| \d+ \| 0 \|/);
  });
});

function run(...options: string[]): Promise<string> {
  const file = fileURLToPath(new URL(options.pop() ?? "", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=mdb:source", ...options, file], {
    stdio: ["ignore", "pipe", "inherit"],
    // The runner marks its children by this; a child of ours is a runner of its own.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
  });
  return text(child.stdout);
}
