import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { run } from "../../src/run.ts";

/** What a command line wrote, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs a command line as the program does. */
export async function mdb(...words: string[]): Promise<Outcome> {
  let out = "";
  let errors = "";
  const code = await run(words, {
    out: { write: (text) => (out += text) },
    errors: { write: (text) => (errors += text) },
  });
  return { code, out, errors };
}

/** A folder beside the tests, where modules find this workspace's packages; gone after the test. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(import.meta.dirname, "../scratch-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a module of an application. */
export async function writeModule(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
