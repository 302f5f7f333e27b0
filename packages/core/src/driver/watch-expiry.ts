import type { Clock, Timer } from "./clock.ts";

/** Why an operation has to stop: its deadline has passed, or its signal was aborted. */
export type Expiry = "deadline" | "aborted";

/**
 * Calls `expire` once, when the deadline passes or the signal aborts; before it returns, where that has happened already.
 * @param bounds - the deadline in milliseconds on `clock`, `Infinity` for none, and the signal: an `OperationContext` is one
 * @param clock - the clock that the deadline is on; its timer keeps the process alive
 * @returns ends the watch: nothing stays on clock and signal. To be called in any case; more than once does no harm
 */
export function watchExpiry(
  clock: Clock,
  bounds: { readonly deadline: number; readonly signal?: AbortSignal | undefined },
  expire: (why: Expiry) => void,
): () => void {
  const { deadline, signal } = bounds;
  const isTimed = Number.isFinite(deadline);
  if (signal === undefined && !isTimed) return nothing;
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
    onAbort();
    return stop;
  }
  signal?.addEventListener("abort", onAbort, { once: true });
  if (isTimed) {
    const onDeadline = (): void => {
      stop();
      expire("deadline");
    };
    timer = clock.setTimer(onDeadline, Math.max(0, deadline - clock.now()), { keepProcessAlive: true });
  }
  return stop;
}

const nothing = (): void => {};
