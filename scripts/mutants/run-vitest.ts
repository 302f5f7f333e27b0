import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

export const root = join(import.meta.dirname, "../..");

const config = join(import.meta.dirname, "vitest.config.ts");
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
/** What a run gets to stop its servers once it was told to end. */
const graceMs = 10_000;

/** Runs vitest as a process of its own, whoever started this one: neither it nor its commands have to be on the PATH. */
export async function runVitest(
  given: readonly string[],
  { limitMs, folder, fault }: { readonly limitMs: number; readonly folder: string; readonly fault: string | undefined },
): Promise<"hangs" | "ended"> {
  // Who has noticed a fault once need not go on.
  const options = ["run", ...given, "--config", config, "--bail=1"];
  const child = spawn(process.execPath, [vitest, ...options], {
    cwd: root,
    stdio: "ignore",
    // A group of its own, so that its workers and servers can be ended with it.
    detached: process.platform !== "win32",
    env: {
      ...process.env,
      PATH: [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
      TMPDIR: folder,
      MDB_MUTANT: fault,
    },
  });
  const interrupted = (): void => {
    end(child, "SIGTERM");
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, interrupted);
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    end(child, "SIGTERM");
  }, limitMs);
  const hardLimit = setTimeout(() => end(child, "SIGKILL"), limitMs + graceMs);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => resolve());
    });
    return isLate ? "hangs" : "ended";
  } finally {
    clearTimeout(limit);
    clearTimeout(hardLimit);
    // Whatever of it is left: a worker that hangs outlives the process that was told to end.
    if (isLate) end(child, "SIGKILL");
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupted);
  }
}

function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It has ended by itself.
  }
}
