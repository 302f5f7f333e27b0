import type { DatabaseManager } from "@nsj/mdb-core";

/** A shutdown that a framework conducts, with a deadline. */
export interface Shutdown {
  /** Closes the databases, once every request has been answered; work of others may go on until the deadline. */
  finish(): Promise<void>;
}

/**
 * Begins a shutdown while requests are still being answered: they keep their databases until the deadline, and not longer, so that a
 * statement that hangs cannot hold the process.
 */
export function closeWithin(databases: DatabaseManager, timeoutMs: number): Shutdown {
  const deadline = performance.now() + timeoutMs;
  const cut = setTimeout(() => void databases.close({ timeoutMs: 0 }).catch(() => {}), timeoutMs);
  return {
    async finish() {
      clearTimeout(cut);
      await databases.close({ timeoutMs: Math.max(0, deadline - performance.now()) });
    },
  };
}
