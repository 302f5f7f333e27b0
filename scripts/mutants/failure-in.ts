import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, runVitest } from "./run-vitest.ts";

/** What to run: a test file, and where one test of it is enough, what that one is called. */
export interface Suite {
  /** From the root of the repository. */
  readonly file: string;
  /** A part of the names of the tests. Absent for all tests of the file. */
  readonly test?: string | undefined;
}

/** How a run of a suite ended. */
export interface Verdict {
  /** The first test that failed and why, or that the suite did not end in time. `undefined` when none failed. */
  readonly failed: string | undefined;
  readonly hangs: boolean;
  readonly tookMs: number;
}

/**
 * Runs a suite with the fault in the library, or without any.
 *
 * @param limitMs - after that, whatever still runs is ended
 * @throws Error when no test was run
 */
export async function failureIn(suite: Suite, fault: string | undefined, limitMs: number): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "mdb-mutant-"));
  // Servers of the tests have their folders in it, and some of them run as another user.
  await chmod(folder, 0o755);
  const report = join(folder, "report.json");
  const started = performance.now();
  try {
    const options = suite.test === undefined ? [] : [`--testNamePattern=${escaped(suite.test)}`];
    const end = await runVitest([suite.file, ...options, "--reporter=json", `--outputFile=${report}`], {
      limitMs,
      folder,
      fault,
    });
    const tookMs = performance.now() - started;
    if (end === "hangs") return { failed: `still ran after ${Math.round(limitMs / 1_000)} s`, hangs: true, tookMs };
    return { failed: failureOf(suite, await readFile(report, "utf8")), hangs: false, tookMs };
  } finally {
    // What was ended the hard way may still write for a moment.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
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

function failureOf({ file, test }: Suite, text: string): string | undefined {
  const { testResults } = JSON.parse(text) as Report;
  const result = testResults.find(({ name }) => name.replaceAll("\\", "/") === `${root.replaceAll("\\", "/")}/${file}`);
  if (result === undefined) throw new Error(`${file} was not run; is it there?`);
  const ran = result.assertionResults.filter(({ status }) => status === "passed" || status === "failed");
  const failed = ran.find(({ status }) => status === "failed");
  if (failed !== undefined) return `${failed.fullName}: ${firstLine(failed.failureMessages[0])}`;
  // A fault that is no program any more is noticed by whoever reads it: that says nothing of the tests.
  if (/Transform failed|SyntaxError/.test(result.message))
    throw new Error(`${file} cannot be loaded: ${result.message}`);
  if (result.status === "failed") return firstLine(result.message);
  if (ran.length === 0) throw new Error(`no test of ${file} was run${test === undefined ? "" : ` by "${test}"`}`);
  return undefined;
}

function firstLine(text = ""): string {
  return (text.split("\n")[0] ?? "").slice(0, 160);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
