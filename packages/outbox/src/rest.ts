const firstPauseMs = 20;

/** The pause of a relay that has found nothing: longer each time, and over at once when there is news. */
export class Rest {
  readonly #longestMs: number;
  readonly #onEnd: () => void;
  #pauseMs = firstPauseMs;
  #resting: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  /** @param onEnd - called at the end of each pause, before those who wait for it go on, and when there is news without one */
  constructor(longestMs: number, onEnd: () => void) {
    this.#longestMs = longestMs;
    this.#onEnd = onEnd;
  }

  /** Waits for the end of the pause, which begins with the first who waits. */
  wait(): Promise<void> {
    this.#resting ??= this.#begin();
    return this.#resting.over;
  }

  /** There was something to do: the next pause is a short one again. */
  reset(): void {
    this.#pauseMs = Math.min(firstPauseMs, this.#longestMs);
  }

  /** There is news: nobody waits any longer. */
  end(): void {
    this.reset();
    if (this.#resting === undefined) this.#onEnd();
    else this.#resting.end();
  }

  #begin() {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      clearTimeout(timer);
      this.#resting = undefined;
      this.#onEnd();
      resolve();
    };
    const timer = setTimeout(end, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.#longestMs);
    return { over, end };
  }
}
