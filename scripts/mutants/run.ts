import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutants } from "./all.ts";
import { broken } from "./mutant.ts";

/**
 * `pnpm mutants [part of a fault or file]`: breaks one line of the library at a time and runs the tests that must notice. Exits with 1 when one
 * of them does not, or fails without any fault, so that it would prove nothing; or when a line is not there any more. `--check` looks for the
 * lines alone.
 */
const root = join(import.meta.dirname, "../..");
/** A test that hangs has noticed as well. */
const limitMs = 600_000;

/** A test file, and the first of its tests that failed, if any did. */
interface Verdict {
  readonly file: string;
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
const red = new Set<string>();
for (const file of tests) {
  const failed = await failureIn(file, undefined);
  if (failed === undefined) continue;
  red.add(file);
  console.log(`fails without any fault: ${file}: ${failed}`);
}

const survivors: string[] = [];
const untried: string[] = [];
for (const { fault, noticedBy } of chosen) {
  if (noticedBy.some((file) => red.has(file))) {
    untried.push(fault);
    console.log(`not tried  ${fault}`);
    continue;
  }
  const found: Verdict[] = [];
  for (const file of noticedBy) found.push({ file, failed: await failureIn(file, fault) });
  const survived = found.some(({ failed }) => failed === undefined);
  if (survived) survivors.push(fault);
  console.log(`${survived ? "SURVIVED " : "noticed  "}  ${fault}`);
  for (const { file, failed } of found) console.log(`           ${file}: ${failed ?? "nothing failed"}`);
}
const noticed = chosen.length - survivors.length - untried.length;
console.log(`\n${noticed} noticed, ${survivors.length} survived, ${untried.length} not tried`);
process.exitCode = noticed < chosen.length ? 1 : 0;

/** The first test of a file that fails; `undefined` when none does. */
async function failureIn(file: string, fault: string | undefined): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "mdb-mutant-"));
  const report = join(folder, "report.json");
  try {
    const ended = await vitest(fault, file, report);
    return ended === "hangs" ? `still runs after ${limitMs} ms` : failureOf(file, await readFile(report, "utf8"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function vitest(fault: string | undefined, file: string, report: string): Promise<"hangs" | "ended"> {
  const config = join(import.meta.dirname, "vitest.config.ts");
  // Who has noticed a fault once need not go on.
  const options = ["--config", config, "--bail=1", "--reporter=json", `--outputFile=${report}`];
  const child = spawn("vitest", ["run", file, ...options], {
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

function failureOf(file: string, text: string): string | undefined {
  const { testResults } = JSON.parse(text) as Report;
  const result = testResults.find(({ name }) => name.replaceAll("\\", "/").endsWith(file));
  if (result === undefined) throw new Error(`${file} was not run; is it there?`);
  const failed = result.assertionResults.find(({ status }) => status === "failed");
  if (failed === undefined) return result.status === "failed" ? result.message : undefined;
  return `${failed.fullName}: ${failed.failureMessages[0]?.split("\n")[0]?.slice(0, 160)}`;
}
