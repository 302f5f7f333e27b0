import { relative } from "node:path";
import { readArguments, usage } from "./arguments.ts";
import { readEnvironment } from "./environment.ts";
import type { ScenarioResult } from "./measure/scenario.ts";
import { readCommitted, writeRun } from "./report/files.ts";
import { showProgress, showResult } from "./report/terminal.ts";
import { scenarios } from "./scenarios/scenarios.ts";
import { BenchStage } from "./stage.ts";

const { effort, only, help } = readArguments(process.argv.slice(2));
const wanted = scenarios.filter(({ id }) => only.length === 0 || only.some((part) => id.includes(part)));

if (help) console.log(usage);
else if (wanted.length === 0) {
  console.error(`no scenario is named like that; there are ${scenarios.map(({ id }) => id).join(", ")}`);
  process.exitCode = 1;
} else await measure();

async function measure(): Promise<void> {
  const begun = performance.now();
  const committed = await readCommitted();
  const environment = readEnvironment();
  const results: ScenarioResult[] = [];
  await using stage = new BenchStage(effort, showProgress);
  for (const scenario of wanted) {
    const result = await scenario.run(stage);
    showResult(result);
    results.push(result);
  }
  const run = { quick: effort.quick, environment, scenarios: results };
  const folder = await writeRun(run, committed, only.length === 0 && !effort.quick);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  console.log(`\n${seconds} s; written to ${relative(process.cwd(), folder) || folder}`);
}
