import { performance } from "node:perf_hooks";
import type { OperationContext } from "@nsj/mdb-core";

/** Why something has to stop. */
export type Expiry = "deadline" | "aborted";

// Node fires longer timers at once.
const longestTimerMs = 2 ** 31 - 1;

/** Calls `expire` once when the deadline passes or the signal aborts. @returns what ends the watch; to be called in any case */
export function watch({ deadline, signal }: OperationContext, expire: (why: Expiry) => void): () => void {
  let over = false;
  const timeLeftMs = deadline - performance.now();
  const once = (why: Expiry) => {
    if (over) return;
    stop();
    expire(why);
  };
  const onAbort = () => once("aborted");
  const timer = timeLeftMs <= longestTimerMs ? setTimeout(() => once("deadline"), Math.max(0, timeLeftMs)) : undefined;
  function stop(): void {
    over = true;
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
  if (signal?.aborted === true) once("aborted");
  else signal?.addEventListener("abort", onAbort, { once: true });
  return stop;
}

/** How long a context leaves, in whole milliseconds that fit a timer of Node. */
export function millisecondsLeft({ deadline }: OperationContext): number {
  return Math.min(longestTimerMs, Math.max(1, Math.ceil(deadline - performance.now())));
}
