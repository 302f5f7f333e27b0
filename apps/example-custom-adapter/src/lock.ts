import { setTimeout as pause } from "node:timers/promises";
import { DriverFault, type MaybePromise, type OperationContext } from "@nsj/mdb-core";
import { classify } from "./errors.ts";

/**
 * Runs an action, and again while another connection holds the lock that it needs. SQLite's own busy timeout would stop the thread,
 * and with it the connection that is to give the lock back.
 */
export function whenUnlocked<T>(lockTimeoutMs: number, context: OperationContext, action: () => T): MaybePromise<T> {
  const { deadline, signal } = context;
  if (signal?.aborted === true) throw new DriverFault("given up before it began", { kind: "cancelled" }, signal.reason);
  try {
    return action();
  } catch (error) {
    if (classify(error).kind !== "lock-timeout") throw error;
    const until = Math.min(performance.now() + lockTimeoutMs, deadline);
    if (performance.now() >= until) throw error;
    // No signal for the pause: it is short, and the next attempt looks at it.
    return pause(5).then(() => whenUnlocked(until - performance.now(), context, action));
  }
}
