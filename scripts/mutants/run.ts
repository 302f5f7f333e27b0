import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mutants } from "./all.ts";
import { failureIn, type Suite, type Verdict } from "./failure-in.ts";
import { broken, type Mutant } from "./mutant.ts";
import { root } from "./run-vitest.ts";

/**
 * `pnpm mutants [part of a fault or file]`, or `node scripts/mutants/run.ts`: breaks one line of the library at a time and runs the tests that must
 * notice. Exits with 1 when one of them does not, or fails without any fault, so that it would prove nothing; or when a line is not there any more.
 * `--from 40` begins with the 40th, where a run was interrupted. `--check` looks for the lines alone.
 */
const { values: asked, positionals } = parseArgs({
  options: { from: { type: "string", default: "1" }, check: { type: "boolean", default: false } },
  allowPositionals: true,
});
const part = positionals[0] ?? "";
const first = Number(asked.from);
if (!Number.isInteger(first) || first < 1)
  throw new Error(`--from takes the number of a mutant, and not ${asked.from}`);
const chosen = mutants.filter(({ fault, file }) => fault.includes(part) || file.includes(part)).slice(first - 1);
if (chosen.length === 0) throw new Error(`no mutant from ${first} on has "${part}" in its fault or file`);
const names = new Set<string>();
for (const mutant of mutants) {
  broken(readFileSync(join(root, mutant.file), "utf8"), mutant);
  for (const file of mutant.noticedBy) if (!existsSync(join(root, file))) throw new Error(`${file} is not there`);
  if (names.has(mutant.fault)) throw new Error(`two mutants are called "${mutant.fault}"`);
  names.add(mutant.fault);
}
if (asked.check) process.exit(0);

/** What a suite without any fault may take. */
const soundLimitMs = 600_000;
/**
 * A suite that takes so much longer than without the fault hangs; that is noticed as well, and said. A test that waits for ever, and what comes after
 * it, have a limit of their own in vitest: 20 s and 60 s.
 */
const patience = { factor: 4, moreMs: 120_000 };

const started = performance.now();
const sound = new Map<string, Verdict>();
const outcomes = { noticed: [] as string[], hangs: [] as string[], survived: [] as string[], untried: [] as string[] };
for (const [index, mutant] of chosen.entries()) {
  const outcome = await tried(mutant);
  outcomes[outcome.kind].push(mutant.fault);
  console.log(
    `${first + index} ${outcome.kind === "untried" ? "NOT TRIED" : outcome.kind.toUpperCase()}  ${mutant.fault}`,
  );
  for (const line of outcome.lines) console.log(`      ${line}`);
}

console.log(`\nof ${chosen.length} mutants in ${seconds(performance.now() - started)}:`);
console.log(`${outcomes.noticed.length} noticed by a test that fails`);
console.log(`${outcomes.hangs.length} noticed by a suite that did not end in time${listed(outcomes.hangs)}`);
console.log(`${outcomes.survived.length} survived${listed(outcomes.survived)}`);
console.log(
  `${outcomes.untried.length} not tried, since their tests fail without any fault${listed(outcomes.untried)}`,
);
process.exitCode = outcomes.survived.length + outcomes.untried.length > 0 ? 1 : 0;

interface Outcome {
  readonly kind: keyof typeof outcomes;
  readonly lines: readonly string[];
}

/** Runs the suites of a mutant, each of which has to notice it. */
async function tried({ fault, noticedBy, test }: Mutant): Promise<Outcome> {
  const lines: string[] = [];
  let kind: Outcome["kind"] = "noticed";
  for (const file of noticedBy) {
    const suite = { file, test };
    const { failed: unfit, tookMs: soundMs } = await withoutFault(suite);
    if (unfit !== undefined) return { kind: "untried", lines: [`${file}: ${unfit}`] };
    const { failed, hangs, tookMs } = await failureIn(suite, fault, soundMs * patience.factor + patience.moreMs);
    lines.push(`${file}: ${failed ?? "nothing failed"} (${seconds(tookMs)}, without the fault ${seconds(soundMs)})`);
    if (failed === undefined) return { kind: "survived", lines };
    if (hangs) kind = "hangs";
  }
  return { kind, lines };
}

/** How a suite fares without any fault; each is asked once. */
async function withoutFault(suite: Suite): Promise<Verdict> {
  const key = `${suite.file} ${suite.test}`;
  const known = sound.get(key);
  if (known !== undefined) return known;
  const verdict = await failureIn(suite, undefined, soundLimitMs);
  sound.set(key, verdict);
  return verdict;
}

function listed(faults: readonly string[]): string {
  return faults.length === 0 ? "" : `:\n  ${faults.join("\n  ")}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
