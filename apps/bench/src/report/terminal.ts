import type { Profile } from "../measure/profile.ts";
import type { ScenarioResult } from "../measure/scenario.ts";
import { short } from "./markdown.ts";

const line = process.stdout.isTTY ? "\r\u001B[K" : undefined;

/** Says how far the running scenario is: one line that changes, and only where somebody watches. */
export function showProgress(text: string): void {
  if (line !== undefined) process.stdout.write(`${line}  ${text}`);
}

/** Prints what a scenario gave. @param judge - whether its figures are good enough to hold them against the goals */
export function showResult({ id, columns, results, goals }: ScenarioResult, judge: boolean): void {
  if (line !== undefined) process.stdout.write(line);
  console.log(`\n${id}`);
  const nameWidth = Math.max(...results.map(({ contestant }) => contestant.length));
  console.log(`  ${" ".repeat(nameWidth)}  ${columns.map(({ label }) => label.padStart(14)).join("")}`);
  for (const { contestant, figures } of results) {
    const cells = columns.map(({ key, digits }) => (figures[key]?.value.toFixed(digits) ?? "").padStart(14));
    console.log(`  ${contestant.padEnd(nameWidth)}  ${cells.join("")}`);
  }
  for (const { says, value, bound, limit, met } of goals) {
    const verdict = judge ? (met ? "met     " : "NOT MET ") : "";
    console.log(`  ${verdict}${says}: ${short(value)}, goal ${bound} ${limit}`);
  }
}

/** Says why a scenario was not measured. */
export function showSkipped(id: string, reason: string): void {
  if (line !== undefined) process.stdout.write(line);
  console.log(`\n${id}\n  skipped: ${reason}`);
}

const shownFunctions = 34;

/** Prints where the time of a contestant went. */
export function showProfile(id: string, contestant: string, { microsPerOperation, functions }: Profile): void {
  if (line !== undefined) process.stdout.write(line);
  console.log(`\n${id}, ${contestant}: ${microsPerOperation.toFixed(2)} µs for each operation`);
  for (const { name, microsPerOperation: micros, share } of functions.slice(0, shownFunctions)) {
    console.log(`  ${micros.toFixed(2).padStart(8)} µs ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  }
}
