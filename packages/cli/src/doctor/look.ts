import type { Symptom } from "./finding.ts";

/** One thing to look at. */
export interface Look {
  readonly check: string;
  /** What nobody knows where it could not be looked at. */
  readonly unknown: string;
  /** What lets it be looked at. */
  readonly needs: string;
  /** Rejects where it cannot be looked at. */
  readonly find: () => Promise<readonly Symptom[]>;
}

/** Looks at one thing after the other, over one connection. What cannot be looked at is a finding too: that it is not known. */
export async function lookAt(looks: readonly Look[], limitMs: number): Promise<readonly Symptom[]> {
  const end = Date.now() + limitMs;
  const found: Symptom[] = [];
  for (const { check, unknown, needs, find } of looks) {
    try {
      if (Date.now() > end) throw new Error("the server has taken too long already");
      found.push(...(await find()));
    } catch (error) {
      found.push({
        level: "unknown",
        check,
        seen: `could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
        why: `it is not known ${unknown}`,
        advice: needs,
      });
    }
  }
  return found;
}
