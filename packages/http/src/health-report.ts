import type { DatabaseManager } from "@nsj/mdb-core";

/** One label's part of the report. */
export interface DatabaseHealth {
  readonly status: "up" | "down";
  /** From asking to the answer, in milliseconds. */
  readonly latencyMs: number;
  /** The error's code when it is down; never its message, which names hosts and users. */
  readonly code?: string;
}

/** What a health route answers. */
export interface HealthReport {
  readonly status: "up" | "down";
  readonly databases: Readonly<Record<string, DatabaseHealth>>;
}

/** Asks every database at once; `up` when all are. Never rejects. `timeoutMs` is 2 000 by default. */
export async function healthReport(manager: DatabaseManager, timeoutMs = 2_000): Promise<HealthReport> {
  const answers = Object.entries(await manager.health({ timeoutMs }));
  const databases = Object.fromEntries(
    answers.map(([label, { status, latencyMs, error }]) => {
      const rounded = Math.round(latencyMs * 100) / 100;
      return [label, { status, latencyMs: rounded, ...(error !== undefined && { code: error.code }) }];
    }),
  );
  return { status: answers.every(([, { status }]) => status === "up") ? "up" : "down", databases };
}
