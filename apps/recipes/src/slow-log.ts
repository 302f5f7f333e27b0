import { type DatabaseManager, onSlow, type SlowWatch } from "@nsj/mdb-core";
import type { Logger } from "pino";

/** Writes slow statements into an application's log: once a minute for each text, with the plan where the engine tells one. */
export function logSlowStatements(databases: DatabaseManager, log: Logger, thresholdMs = 500): SlowWatch {
  return onSlow(databases, { thresholdMs, plan: true }, (entry) => {
    log.warn(entry, "slow statement");
  });
}
