import { performance } from "node:perf_hooks";
import type { OperationContext } from "@nsj/mdb-core";

/** Why something has to stop. */
export type Expiry = "deadline" | "aborted";

// Node fires longer timers at once.
const longestTimerMs = 2 ** 31 - 1;

/**
 * Calls `expire` once, when the deadline passes or the signal aborts; at once when that has happened already.
 * @returns what ends the watch; to be called in any case.
 */
export function watch({ deadline, signal }: OperationContext, expire: (why: Expiry) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
  const onAbort = (): void => {
    stop();
    expire("aborted");
  };
  if (signal?.aborted === true) {
    expire("aborted");
    return stop;
  }
  signal?.addEventListener("abort", onAbort, { once: true });
  const remainingMs = deadline - performance.now();
  if (remainingMs <= longestTimerMs) {
    timer = setTimeout(
      () => {
        stop();
        expire("deadline");
      },
      Math.max(0, remainingMs),
    );
  }
  return stop;
}

/** The same bounds, but at most this long from now. */
export function atMost(context: OperationContext, milliseconds: number): OperationContext {
  const deadline = Math.min(context.deadline, performance.now() + milliseconds);
  return context.signal === undefined ? { deadline } : { deadline, signal: context.signal };
}
