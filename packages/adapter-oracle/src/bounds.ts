import { performance } from "node:perf_hooks";
import type { OperationContext } from "@nsj/mdb-core";

/** Longer timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Calls `expire` at the deadline or when the signal aborts, whichever comes first; at once where it has come already. Gives the function that
 * ends the watch, which must be called in any case.
 */
export function bounded(context: OperationContext, expire: (why: "deadline" | "aborted") => void): () => void {
  const { deadline, signal } = context;
  if (signal?.aborted === true) {
    expire("aborted");
    return () => undefined;
  }
  let timer: NodeJS.Timeout | undefined;
  const abort = () => {
    end();
    expire("aborted");
  };
  const end = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  signal?.addEventListener("abort", abort, { once: true });
  const leftMs = deadline - performance.now();
  if (leftMs <= longestTimerMs) {
    timer = setTimeout(
      () => {
        end();
        expire("deadline");
      },
      Math.max(0, leftMs),
    );
  }
  return end;
}
