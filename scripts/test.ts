import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";

type Step = readonly [name: string, command: string, ...rest: string[]];

/**
 * What `pnpm test` runs: the quick checks first, side by side and quiet unless one fails, then the build, then every test. Arguments go to vitest:
 * `pnpm test packages/core`. The exit code is that of the first step that fails.
 */
const checks: readonly Step[] = [
  ["lint and format", "biome", "check", "--error-on-warnings", "."],
  ["types", "tsc", "--noEmit", "-p", "tsconfig.json"],
  ["types of the example", "tsc", "--noEmit", "-p", "apps/example-orders/tsconfig.json"],
  ["unused code and dependencies", "knip"],
  ["lines that mutants break", "node", "scripts/mutants/run.ts", "--check"],
];
// The site is built by its own test.
const build: Step = [
  "build",
  "turbo",
  "run",
  "build",
  "--filter=!@nsj/mdb-docs",
  "--output-logs=errors-only",
  "--no-color",
];

const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };

for (const ended of checks.map(runStep)) await told(ended);
await told(runStep(build));
process.exitCode = await finished(start("vitest", ["run", ...process.argv.slice(2)], "inherit"));

interface Ended {
  readonly line: string;
  readonly code: number;
  readonly output: string;
}

async function runStep([name, command, ...rest]: Step): Promise<Ended> {
  const started = performance.now();
  const { code, output } = await runQuietly(command, rest);
  const words = code === 0 ? `ok (${((performance.now() - started) / 1000).toFixed(1)} s)` : "failed";
  return { line: `${name} ... ${words}`, code, output: `\n${output}\n${command} ${rest.join(" ")}: failed` };
}

async function told(step: Promise<Ended>): Promise<void> {
  const { line, code, output } = await step;
  console.log(line);
  if (code === 0) return;
  console.error(output);
  process.exit(code);
}

async function runQuietly(command: string, rest: readonly string[]): Promise<{ code: number; output: string }> {
  const child = start(command, rest, "pipe");
  const pieces = [child.stdout, child.stderr].map((stream) => (stream === null ? Buffer.alloc(0) : buffer(stream)));
  const code = await finished(child);
  return { code, output: Buffer.concat(await Promise.all(pieces)).toString() };
}

function start(command: string, rest: readonly string[], output: "inherit" | "pipe"): ReturnType<typeof spawn> {
  // The package manager has put the workspace's own commands on the PATH; on Windows they are scripts that need a shell.
  return spawn(command, rest, {
    stdio: ["ignore", output, output],
    shell: process.platform === "win32",
    env: environment,
  });
}

function finished(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
