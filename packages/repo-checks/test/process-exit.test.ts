import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Finished, runCommand } from "../src/run-command.ts";
import { workspaceNode } from "../src/workspace-node.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mdb-exit-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a process that used every feature", () => {
  it("exits by itself after close(), with nothing left that could hold it", { timeout: 60_000 }, async () => {
    const finished = await run("close-everything.ts");
    expect(finished).toEqual({ code: 0, signal: null, stdout: "left: []\n", stderr: "" });
  });

  it("exits by itself without close() as well: idle pools hold nobody", { timeout: 60_000 }, async () => {
    const finished = await run("close-nothing.ts");
    expect(finished).toEqual({ code: 0, signal: null, stdout: "done\n", stderr: "" });
  });
});

function run(program: string): Promise<Finished> {
  const path = join(import.meta.dirname, "../programs", program);
  return runCommand(workspaceNode, ["--conditions=mdb:source", path], {
    environment: { PROGRAM_POSTGRES_URL: inject("postgresUrl"), PROGRAM_SQLITE_FILE: join(folder, `${program}.db`) },
  });
}
