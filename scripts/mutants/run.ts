import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutants } from "./all.ts";
import { broken } from "./mutant.ts";

/**
 * `pnpm mutants [part of a fault or file]`: breaks one line of the library at a time and runs the tests that must notice. Exits with 1 when one
 * of them does not, or when a line is not there any more. `--check` looks for the lines alone.
 */
const root = join(import.meta.dirname, "../..");
/** A test that hangs has noticed as well. */
const limitMs = 300_000;

interface Verdict {
  readonly file: string;
  /** The first test that failed; `undefined` when none did. */
  readonly failed: string | undefined;
}

const [part = ""] = process.argv.slice(2).filter((argument) => argument !== "--check");
const chosen = mutants.filter(({ fault, file }) => fault.includes(part) || file.includes(part));
if (chosen.length === 0) throw new Error(`no mutant's fault or file has "${part}" in it`);
for (const mutant of mutants) {
  broken(readFileSync(join(root, mutant.file), "utf8"), mutant);
  for (const file of mutant.noticedBy) if (!existsSync(join(root, file))) throw new Error(`${file} is not there`);
}
if (process.argv.includes("--check")) process.exit(0);

const tests = [...new Set(chosen.flatMap(({ noticedBy }) => noticedBy))];
const red = (await verdicts(undefined, tests)).filter(({ failed }) => failed !== undefined);
for (const { file, failed } of red) console.log(`fails without any fault: ${file}: ${failed}`);
if (red.length > 0) process.exit(1);

const survivors: string[] = [];
for (const { fault, noticedBy } of chosen) {
  const found = await verdicts(fault, noticedBy);
  const survived = found.some(({ failed }) => failed === undefined);
  if (survived) survivors.push(fault);
  console.log(`${survived ? "SURVIVED" : "noticed "}  ${fault}`);
  for (const { file, failed } of found) console.log(`          ${file}: ${failed ?? "nothing failed"}`);
}
console.log(`\n${chosen.length - survivors.length} noticed, ${survivors.length} survived`);
process.exitCode = survivors.length > 0 ? 1 : 0;

async function verdicts(fault: string | undefined, files: readonly string[]): Promise<readonly Verdict[]> {
  const folder = await mkdtemp(join(tmpdir(), "mdb-mutant-"));
  const report = join(folder, "report.json");
  try {
    const ended = await vitest(fault, files, report);
    if (ended === "hangs") return files.map((file) => ({ file, failed: `still runs after ${limitMs} ms` }));
    return verdictsOf(files, await readFile(report, "utf8"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function vitest(fault: string | undefined, files: readonly string[], report: string): Promise<"hangs" | "ended"> {
  const config = join(import.meta.dirname, "vitest.config.ts");
  const child = spawn("vitest", ["run", ...files, "--config", config, "--reporter=json", `--outputFile=${report}`], {
    cwd: root,
    stdio: "ignore",
    shell: process.platform === "win32",
    env: { ...process.env, MDB_MUTANT: fault },
  });
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill();
    }, limitMs);
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(timer);
      resolve(late ? "hangs" : "ended");
    });
  });
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function verdictsOf(files: readonly string[], text: string): readonly Verdict[] {
  const { testResults } = JSON.parse(text) as Report;
  return files.map((file) => {
    const result = testResults.find(({ name }) => name.replaceAll("\\", "/").endsWith(file));
    if (result === undefined) throw new Error(`${file} was not run; is it there?`);
    const failed = result.assertionResults.find(({ status }) => status === "failed");
    if (failed === undefined) return { file, failed: result.status === "failed" ? result.message : undefined };
    return { file, failed: `${failed.fullName}: ${failed.failureMessages[0]?.split("\n")[0]?.slice(0, 160)}` };
  });
}
