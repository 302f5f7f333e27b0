import type { DatabaseManager, Health } from "@nsj/mdb-core";

/** One label's part of the report. */
export interface DatabaseHealth {
  /** `"busy"`: it could not be asked, because every connection was in use. */
  readonly status: Health["status"];
  /** From asking to the answer, in milliseconds. */
  readonly latencyMs: number;
  /** The error's code when it is not up; never its message, which names hosts and users. */
  readonly code?: string;
}

/** What a health route answers. */
export interface HealthReport {
  /** `"down"` as soon as one database is; one that is only busy still serves. */
  readonly status: "up" | "down";
  readonly databases: Readonly<Record<string, DatabaseHealth>>;
}

/**
 * Asks every database at once. Never rejects.
 * @param timeoutMs - how long to wait for an answer. 800 by default: less than the second after which Kubernetes gives a probe up, so
 * that a slow answer is reported and not missed
 */
export async function healthReport(manager: DatabaseManager, timeoutMs = 800): Promise<HealthReport> {
  const answers = Object.entries(await manager.health({ timeoutMs }));
  const databases = Object.fromEntries(
    answers.map(([label, { status, latencyMs, error }]) => {
      const rounded = Math.round(latencyMs * 100) / 100;
      return [label, { status, latencyMs: rounded, ...(error !== undefined && { code: error.code }) }];
    }),
  );
  return { status: answers.some(([, { status }]) => status === "down") ? "down" : "up", databases };
}
