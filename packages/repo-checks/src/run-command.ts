import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { root } from "./repository.ts";

/** What a finished command left. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what a command runs. */
export interface CommandOptions {
  /** The root of the repository by default. */
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command without standard input to its end. */
export async function runCommand(
  command: string,
  rest: readonly string[],
  { cwd = root, environment = {} }: CommandOptions = {},
): Promise<Finished> {
  const child = spawn(command, rest, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32" && command !== process.execPath,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...environment },
  });
  const ended = new Promise<Pick<Finished, "code" | "signal">>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { ...(await ended), stdout, stderr };
}

/** Like {@link runCommand}, but anything else than exit code 0 is an error with all of the output. */
export async function runOrThrow(
  command: string,
  rest: readonly string[],
  options?: CommandOptions,
): Promise<Finished> {
  const finished = await runCommand(command, rest, options);
  if (finished.code !== 0) {
    const { code, signal, stdout, stderr } = finished;
    throw new Error(`${command} ${rest.join(" ")} ended with ${signal ?? code}\n${stdout}\n${stderr}`);
  }
  return finished;
}
