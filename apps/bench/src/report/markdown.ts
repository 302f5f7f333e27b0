import type { Column, Figure, GoalOutcome, ScenarioResult } from "../measure/scenario.ts";
import { compare } from "./compare.ts";
import type { Run } from "./run.ts";

/** A run as a page that people read. @param committed - what it is compared with */
export function toMarkdown(run: Run, committed: Run | undefined): string {
  const { environment } = run;
  const versions = Object.entries(environment.versions).map(([name, version]) => `${name} ${version}`);
  return [
    "# Results",
    "",
    `${environment.date}, Node ${environment.node}, ${environment.system}, ${environment.processor}, ${environment.cores} cores, ${environment.memoryGb} GB; load ${environment.load} at the start.${run.quick ? " A quick run: more noise." : ""}`,
    "",
    `${versions.join(", ")}.`,
    "",
    "Times are medians, with the quartiles in brackets. Ratios are made round by round to the contestant whose ratio is 1.00, so they hold on other machines where times do not.",
    "",
    "## Goals",
    "",
    ...goalTable(run),
    ...skippedPart(run),
    ...run.scenarios.flatMap((scenario) => scenarioPart(scenario)),
    ...comparison(run, committed),
    "",
  ].join("\n");
}

/** Whether a goal is met can only be said after a run of full length. */
function goalTable({ scenarios, quick }: Run): readonly string[] {
  const lines = scenarios.flatMap(({ id, goals }) =>
    goals.map(
      (it) =>
        `| ${id} | ${it.says} | ${it.bound} ${it.limit} | ${short(it.value)} | ${quick ? "not judged" : it.met ? "met" : "not met"} |`,
    ),
  );
  return ["| scenario | what | goal | reached | |", "| --- | --- | ---: | ---: | --- |", ...lines];
}

function skippedPart({ skipped = [] }: Run): readonly string[] {
  if (skipped.length === 0) return [];
  return ["", "## Not measured", "", ...skipped.map(({ id, reason }) => `- ${id}: ${reason}`)];
}

function scenarioPart({ id, title, note, columns, results, chart }: ScenarioResult): readonly string[] {
  const shown = columns.filter(({ key }) => results.some(({ figures }) => figures[key] !== undefined));
  const sorted = [...results].sort((a, b) => (a.figures[chart]?.value ?? 0) - (b.figures[chart]?.value ?? 0));
  return [
    "",
    `## ${title}`,
    "",
    `\`--only ${id}\`. ${note}`,
    "",
    `| | ${shown.map(({ label }) => label).join(" | ")} |`,
    `| --- | ${shown.map(() => "---:").join(" | ")} |`,
    ...sorted.map(
      ({ contestant, figures }) =>
        `| ${contestant} | ${shown.map((column) => cell(figures[column.key], column)).join(" | ")} |`,
    ),
  ];
}

function cell(figure: Figure | undefined, { digits }: Column): string {
  if (figure === undefined) return "";
  const { value, low, high } = figure;
  const spread = low === undefined || high === undefined ? "" : ` (${low.toFixed(digits)}–${high.toFixed(digits)})`;
  return value.toFixed(digits) + spread;
}

function comparison(run: Run, committed: Run | undefined): readonly string[] {
  if (committed === undefined) return [];
  return ["", `## Beside the results of ${committed.environment.date}`, "", ...compare(run, committed)];
}

/** A value of a goal in as few digits as tell it. */
export function short(value: GoalOutcome["value"]): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
