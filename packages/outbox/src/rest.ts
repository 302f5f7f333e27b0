const firstPauseMs = 20;

/** The pause between two looks: longer each time, and over at once when there is news. */
export class Rest {
  readonly #longestMs: number;
  #pauseMs = firstPauseMs;
  #end: (() => void) | undefined;
  /** There was news while nobody waited: the next pause is none. */
  #isOver = false;

  constructor(longestMs: number) {
    this.#longestMs = longestMs;
    this.reset();
  }

  /** Waits for the end of the pause. By one at a time. */
  async wait(): Promise<void> {
    if (!this.#isOver) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, this.#longestMs);
      this.#end = resolve;
      await promise;
      clearTimeout(timer);
      this.#end = undefined;
    }
    this.#isOver = false;
  }

  /** There was something to do: the next pause is a short one again. */
  reset(): void {
    this.#pauseMs = Math.min(firstPauseMs, this.#longestMs);
  }

  /** There is news: nobody waits any longer. */
  end(): void {
    this.reset();
    this.#isOver = true;
    this.#end?.();
  }
}
