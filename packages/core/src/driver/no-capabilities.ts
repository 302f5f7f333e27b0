import type { Capabilities } from "./capabilities.ts";

/**
 * A driver of the required members only: one statement at a time, and transactions at the engine's own level. A new adapter spreads it into
 * its `capabilities`, and turns on one after the other.
 */
export const noCapabilities: Capabilities = Object.freeze<Capabilities>({
  concurrency: "single",
  execution: "async",
  cancel: "none",
  stream: "none",
  reset: "none",
  noticesSessionChanges: false,
  prepared: false,
  executeMany: false,
  bulkLoad: false,
  savepoints: "none",
  isolation: Object.freeze([]),
  readOnlyTransactions: false,
  deferrableTransactions: false,
  multipleResultSets: false,
  procedures: false,
});
