import { type DatabaseEntries, DatabaseManager } from "@nsj/mdb-core";
import { expect } from "vitest";
import { doctor, type Finding } from "../../src/index.ts";

/** What the doctor finds on databases; each finding that is more than an info must say why it matters and what to do. */
export async function examine(entries: DatabaseEntries, processes = 1): Promise<readonly Finding[]> {
  await using manager = new DatabaseManager(entries);
  const findings = await doctor(manager, { processes, file: import.meta.filename });
  for (const [label, { created }] of Object.entries(manager.stats()))
    expect(created, `connections to ${label}`).toBeLessThanOrEqual(1);
  for (const { level, check, seen, why = "", advice = "" } of findings) {
    expect(seen, check).not.toBe("");
    if (level === "info") continue;
    expect(why, check).not.toBe("");
    expect(advice, check).not.toBe("");
  }
  return findings;
}

/** The findings that are more than an info, short. */
export const worrying = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ level }) => level !== "info").map(({ level, check }) => `${level} ${check}`);

/** The one finding of a check. */
export function finding(findings: readonly Finding[], check: string): Finding {
  const found = findings.filter((it) => it.check === check);
  expect(found, check).toHaveLength(1);
  return found[0] as Finding;
}
