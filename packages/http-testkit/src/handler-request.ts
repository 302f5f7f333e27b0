import type { DatabaseManager, Session } from "@nsj/mdb-core";

/** What a framework gives to the handlers of the suite. */
export interface HandlerRequest {
  readonly databases: DatabaseManager;
  readonly session: (label: string) => Promise<Session>;
  readonly clientGone: AbortSignal;
  /** From the path. */
  readonly user: number;
  /** What was posted. */
  readonly body?: unknown;
}
