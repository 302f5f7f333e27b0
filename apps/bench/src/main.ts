import { relative } from "node:path";
import { readArguments, usage } from "./arguments.ts";
import { readEnvironment } from "./environment.ts";
import { Missing } from "./measure/missing.ts";
import type { ScenarioResult } from "./measure/scenario.ts";
import { readCommitted, writeRun } from "./report/files.ts";
import type { SkippedScenario } from "./report/run.ts";
import { showProfile, showProgress, showResult, showSkipped } from "./report/terminal.ts";
import { scenarios } from "./scenarios/scenarios.ts";
import { BenchStage } from "./stage.ts";

const { effort, only, profile, help } = readArguments(process.argv.slice(2));
const wanted = scenarios.filter(({ id }) => only.length === 0 || only.some((part) => id.includes(part)));

if (help) console.log(usage);
else if (wanted.length === 0) {
  console.error(`no scenario is named like that; there are ${scenarios.map(({ id }) => id).join(", ")}`);
  process.exitCode = 1;
} else if (profile !== undefined) await showProfiles(profile);
else await measure();

async function showProfiles(contestant: string): Promise<void> {
  await using stage = new BenchStage(effort, showProgress);
  for (const scenario of wanted) {
    const found = await scenario.profile?.(stage, contestant);
    if (found !== undefined) showProfile(scenario.id, contestant, found);
  }
}

async function measure(): Promise<void> {
  const begun = performance.now();
  const committed = await readCommitted();
  const environment = readEnvironment();
  const results: ScenarioResult[] = [];
  const skipped: SkippedScenario[] = [];
  await using stage = new BenchStage(effort, showProgress);
  for (const scenario of wanted) {
    try {
      const result = await scenario.run(stage);
      showResult(result, !effort.quick);
      results.push(result);
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      skipped.push({ id: scenario.id, reason: error.message });
      showSkipped(scenario.id, error.message);
    }
  }
  const run = { quick: effort.quick, environment, scenarios: results, skipped };
  const folder = await writeRun(run, committed, only.length === 0 && !effort.quick);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  if (effort.quick) {
    console.log(
      "\nEvery answer was right. A quick run is too short to hold its figures against the goals; leave out --quick for that.",
    );
  }
  console.log(`\n${seconds} s; written to ${relative(process.cwd(), folder) || folder}`);
}
