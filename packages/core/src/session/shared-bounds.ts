import { type Clock, type Expiry, watchExpiry } from "../driver/index.ts";

/**
 * Bounds that a transaction and each statement in it are held to: however many watch them, there is one timer, and one listener on the signal. Those who
 * watch are told in the order in which they came.
 */
export class SharedBounds {
  /** On the clock, in milliseconds; `Infinity` for none. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  readonly #clock: Clock;
  readonly #watching = new Set<(why: Expiry) => void>();
  #unwatch: (() => void) | undefined;

  constructor(clock: Clock, deadline: number, signal: AbortSignal | undefined) {
    this.#clock = clock;
    this.deadline = deadline;
    this.signal = signal;
  }

  /** As `watchExpiry`: for a signal that is aborted already `expire` is called before this returns. */
  watch(expire: (why: Expiry) => void): () => void {
    if (this.signal?.aborted === true) {
      expire("aborted");
      return nothing;
    }
    this.#watching.add(expire);
    this.#unwatch ??= watchExpiry(this.#clock, this, this.#expired);
    return () => {
      this.#watching.delete(expire);
      if (this.#watching.size === 0) this.#end();
    };
  }

  readonly #expired = (why: Expiry): void => {
    // One that is told may end the watch of another one.
    for (const expire of this.#watching) {
      this.#watching.delete(expire);
      expire(why);
    }
    this.#end();
  };

  /** Nothing stays on clock and signal. */
  #end(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}

const nothing = (): void => {};
