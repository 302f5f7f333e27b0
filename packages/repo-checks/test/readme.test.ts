import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseDocument } from "../src/documents.ts";
import { read, root } from "../src/repository.ts";
import { runCommand } from "../src/run-command.ts";
import { workspaceNode } from "../src/workspace-node.ts";

const readme = parseDocument("README.md", read("README.md"));

describe("README.md", () => {
  it("has at most 120 lines", () => {
    expect(readme.text.trimEnd().split("\n").length).toBeLessThanOrEqual(120);
  });

  it("shows what the quickstart prints, which leaves nothing behind", { timeout: 120_000 }, async () => {
    const temporary = await mkdtemp(join(tmpdir(), "mdb-readme-"));
    onTestFinished(() => rm(temporary, { recursive: true, force: true }));
    // PostgreSQL refuses to run as root, and the user it runs as then must reach its files.
    await chmod(temporary, 0o755);

    const finished = await runCommand(workspaceNode, startArguments(), {
      cwd: join(root, "apps/quickstart"),
      environment: { TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    });

    expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
    const shown = readme.blocks.find(({ language }) => language === "text")?.text ?? "";
    expect(finished.stdout.trim()).toBe(shown.trim());
    expect(await readdir(temporary)).toEqual([]);
  });

  it("shows the DAO of the quickstart as it stands there", () => {
    const blocks = readme.blocks.filter(({ language }) => language === "ts").map(({ text }) => text.trim());
    expect(blocks).toContain(read("apps/quickstart/src/customer-dao.ts").trim());
  });

  it("has a program of about 25 lines that prints what its comments say", { timeout: 60_000 }, async () => {
    const program = readme.blocks.find(({ language }) => language === "ts")?.text ?? "";
    expect(program.split("\n").length).toBeLessThanOrEqual(27);
    // Beside a package that depends on the published ones, so that their names resolve.
    const path = join(root, "packages/repo-checks/programs", `readme-${process.pid}.ts`);
    onTestFinished(() => rm(path, { force: true }));
    await writeFile(path, program);

    const finished = await runCommand(workspaceNode, ["--conditions=mdb:source", path]);

    const promised = [...program.matchAll(/console\.log\(.*; \/\/ (.+)$/gm)].map(([, line]) => `${line}\n`);
    expect(promised.length).toBeGreaterThan(1);
    expect(finished).toEqual({ code: 0, signal: null, stdout: promised.join(""), stderr: "" });
  });
});

/** What `pnpm quickstart` gives to Node.js. */
function startArguments(): readonly string[] {
  const manifest = JSON.parse(read("apps/quickstart/package.json")) as { readonly scripts: { readonly start: string } };
  const [command, ...rest] = manifest.scripts.start.split(" ");
  expect(command).toBe("node");
  return rest;
}
