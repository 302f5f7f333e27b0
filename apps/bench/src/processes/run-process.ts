import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/**
 * Runs a program of this folder in a process of its own; gives the figures that it prints as JSON, and how long it took in all.
 *
 * @param limitMs - then it is ended; what it has printed by then counts
 * @throws Error when it fails, or prints nothing
 */
export async function runProcess(
  program: string,
  parameters: readonly string[],
  limitMs = 120_000,
): Promise<Readonly<Record<string, number>> & { readonly processMs: number }> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const begun = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, file, ...parameters], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: limitMs,
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, "close")]);
  const processMs = performance.now() - begun;
  if (printed === "") throw new Error(`${program} ${parameters[0]} ended without an answer`);
  return { ...(JSON.parse(printed) as Record<string, number>), processMs };
}
