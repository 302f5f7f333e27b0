/** Waits for a time, or until the signal is aborted; never rejects. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    // A timer takes at most 2^31 - 1 milliseconds.
    const timer = setTimeout(done, Math.min(milliseconds, 2 ** 31 - 1));
    signal?.addEventListener("abort", done);
  });
}
