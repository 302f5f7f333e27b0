import type { Clock, OperationContext, Timer } from "@nsj/mdb-core";

/** Why something has to stop. */
export type Expiry = "deadline" | "aborted";

/**
 * Calls `expire` once, when the deadline passes or the signal aborts; at once when that has happened already.
 * @returns what ends the watch; to be called in any case
 */
export function watch(clock: Clock, { deadline, signal }: OperationContext, expire: (why: Expiry) => void): () => void {
  let timer: Timer | undefined;
  const stop = (): void => {
    timer?.cancel();
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
  if (Number.isFinite(deadline)) {
    const passed = (): void => {
      stop();
      expire("deadline");
    };
    timer = clock.setTimer(passed, Math.max(0, deadline - clock.now()), { keepProcessAlive: true });
  }
  return stop;
}
