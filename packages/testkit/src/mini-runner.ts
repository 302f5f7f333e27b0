import type { TestRunner } from "./conformance/runner.ts";

/** What became of one test. */
export interface MiniResult {
  /** The names of the groups around it and its own: `"conformance of x > query > gives rows"`. */
  readonly name: string;
  readonly outcome: "pass" | "skip" | "fail";
  readonly reason?: string;
  readonly error?: unknown;
}

/** A test runner of a few lines: for the proof that the suite catches the mutants, and for scripts. */
export interface MiniRunner extends TestRunner {
  /** Runs what was registered, in order, one after another. */
  run(): Promise<readonly MiniResult[]>;
}

type Body = Parameters<TestRunner["it"]>[2];

/** Makes an empty runner. Pass it to `conformance`, then call `run`. */
export function miniRunner(): MiniRunner {
  const groups: string[] = [];
  const tests: { readonly name: string; readonly body: Body; readonly timeout: number }[] = [];
  const befores: (() => Promise<void>)[] = [];
  const afters: (() => Promise<void>)[] = [];
  return {
    describe(name, body) {
      groups.push(name);
      body();
      groups.pop();
    },
    it(name, { timeout }, body) {
      tests.push({ name: [...groups, name].join(" > "), body, timeout });
    },
    before(body) {
      befores.push(body);
    },
    after(body) {
      afters.push(body);
    },
    async run() {
      const results: MiniResult[] = [];
      for (const body of befores) await body();
      for (const test of tests) results.push(await runOne(test.name, test.body, test.timeout));
      for (const body of afters) await body();
      return results;
    },
  };
}

async function runOne(name: string, body: Body, timeout: number): Promise<MiniResult> {
  let reason: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end in ${timeout} ms`)), timeout);
  });
  const context = {
    skip(why: string) {
      reason = why;
    },
  };
  try {
    await Promise.race([body(context), limit]);
  } catch (error) {
    return { name, outcome: "fail", error, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
  return reason === undefined ? { name, outcome: "pass" } : { name, outcome: "skip", reason };
}
