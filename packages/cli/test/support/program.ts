import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Outcome } from "./command.ts";

/** Runs the program itself, in a process of its own, until it has ended. */
export function program(words: readonly string[], cwd?: string): Promise<Outcome> {
  const main = join(import.meta.dirname, "../../src/main.ts");
  const child = spawn(process.execPath, ["--conditions=mdb:source", main, ...words], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let errors = "";
  child.stdout.on("data", (bytes: Buffer) => {
    out += String(bytes);
  });
  child.stderr.on("data", (bytes: Buffer) => {
    errors += String(bytes);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, out, errors }));
  });
}
