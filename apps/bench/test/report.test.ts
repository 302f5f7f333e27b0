import { expect, it } from "vitest";
import { goal, type ScenarioResult } from "../src/measure/scenario.ts";
import { toSvg } from "../src/report/chart.ts";
import { toMarkdown } from "../src/report/markdown.ts";
import type { Run } from "../src/report/run.ts";

function scenarioWith(ours: number): ScenarioResult {
  return {
    id: "pool/one",
    title: "One <thing>",
    note: "A note.",
    columns: [{ key: "cpu", label: "CPU", digits: 1 }],
    chart: "cpu",
    results: [
      { contestant: "rival", figures: { cpu: { value: 4, low: 3, high: 5 } } },
      { contestant: "@nsj/mdb", figures: { cpu: { value: ours, low: ours - 0.5, high: ours + 0.5 } } },
    ],
    goals: [goal("CPU", ours, "at most", 3)],
  };
}

function runWith(ours: number, quick = false): Run {
  const environment = {
    date: "2026-01-01",
    node: "24.0.0",
    system: "a system",
    processor: "a processor",
    cores: 2,
    memoryGb: 4,
    load: 0,
    versions: { rival: "1.0.0" },
  };
  return { quick, environment, scenarios: [scenarioWith(ours)] };
}

it("puts the best contestant first and says which goals were met", () => {
  const page = toMarkdown(runWith(2), undefined);
  expect(page.indexOf("| @nsj/mdb | 2.0 (1.5–2.5) |")).toBeLessThan(page.indexOf("| rival | 4.0 (3.0–5.0) |"));
  expect(page).toContain("| pool/one | CPU | at most 3 | 2.00 | met |");
  expect(toMarkdown(runWith(9), undefined)).toContain("| 9.00 | not met |");
});

it("does not judge a quick run", () => {
  expect(toMarkdown(runWith(9, true), undefined)).toContain("| 9.00 | not judged |");
});

it("says what has changed since the committed results, and only beyond the spread", () => {
  expect(toMarkdown(runWith(6), runWith(2))).toContain("| 2.00 | 6.00 | higher | 2 (was 1) |");
  expect(toMarkdown(runWith(2.2), runWith(2))).toContain("| 2.00 | 2.20 | same | 1 (was 1) |");
});

it("names what could not be measured, with the reason", () => {
  const skipped = [{ id: "mariadb/one-row", reason: "no server" }];
  expect(toMarkdown({ ...runWith(2), skipped }, undefined)).toContain("- mariadb/one-row: no server");
});

it("draws a chart whose texts are safe in XML", () => {
  expect(toSvg(scenarioWith(2))).toContain("One &lt;thing&gt;");
});
