import type { Clock, OperationContext, Timer } from "@nsj/mdb-core";

/**
 * Calls `expire` at the deadline or when the signal aborts, whichever comes first; at once where it has come already. Gives the function that
 * ends the watch, which must be called in any case.
 */
export function bounded(
  clock: Clock,
  { deadline, signal }: OperationContext,
  expire: (why: "deadline" | "aborted") => void,
): () => void {
  if (signal?.aborted === true) {
    expire("aborted");
    return () => undefined;
  }
  let timer: Timer | undefined;
  const abort = () => {
    end();
    expire("aborted");
  };
  const end = () => {
    timer?.cancel();
    signal?.removeEventListener("abort", abort);
  };
  signal?.addEventListener("abort", abort, { once: true });
  if (deadline !== Number.POSITIVE_INFINITY) {
    const passed = () => {
      end();
      expire("deadline");
    };
    timer = clock.setTimer(passed, Math.max(0, deadline - clock.now()));
  }
  return end;
}
