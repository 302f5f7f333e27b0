import type { ScenarioResult } from "../measure/scenario.ts";
import { short } from "./markdown.ts";

const line = process.stdout.isTTY ? "\r\u001B[K" : undefined;

/** Says how far the running scenario is: one line that changes, and only where somebody watches. */
export function showProgress(text: string): void {
  if (line !== undefined) process.stdout.write(`${line}  ${text}`);
}

/** Prints what a scenario gave. */
export function showResult({ id, columns, results, goals }: ScenarioResult): void {
  if (line !== undefined) process.stdout.write(line);
  console.log(`\n${id}`);
  const nameWidth = Math.max(...results.map(({ contestant }) => contestant.length));
  console.log(`  ${" ".repeat(nameWidth)}  ${columns.map(({ label }) => label.padStart(14)).join("")}`);
  for (const { contestant, figures } of results) {
    const cells = columns.map(({ key, digits }) => (figures[key]?.value.toFixed(digits) ?? "").padStart(14));
    console.log(`  ${contestant.padEnd(nameWidth)}  ${cells.join("")}`);
  }
  for (const { says, value, bound, limit, met } of goals) {
    console.log(`  ${met ? "met    " : "NOT MET"} ${says}: ${short(value)}, ${bound} ${limit}`);
  }
}
