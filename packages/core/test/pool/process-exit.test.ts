import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("process-exit.fixture.ts", import.meta.url));

/** Runs the program with one of its stories; what it printed by the time it had exited by itself. */
function run(story: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ["--conditions=mdb:source", program, story],
      { timeout: 20_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else reject(new Error(`${error.message}\n${stderr}`, { cause: error }));
      },
    );
  });
}

describe("a process with a pool", () => {
  it("exits with idle connections", async () => {
    expect(await run("idle")).toBe("idle: 2; exit");
  });

  it("does not exit while somebody waits for a connection", async () => {
    expect(await run("waiting")).toBe("MDB_POOL_TIMEOUT; exit");
  });

  it("does not exit before close is done", async () => {
    expect(await run("close")).toBe("closed: 1; exit");
  });
});
