import type { Clock } from "../driver/index.ts";

/**
 * A limit that counts only while the server, or the library, works: not while the caller's own code is waited for, which reads a batch of a
 * stream or makes the rows of a bulk load.
 */
export class ServerTime {
  readonly #clock: Clock;
  #leftMs: number;
  #since = 0;
  #timer: { cancel(): void } | undefined;
  #over: (() => void) | undefined;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#leftMs = limitMs;
  }

  /** The moment when it is over if nothing pauses it. */
  get deadline(): number {
    return this.#since + this.#leftMs;
  }

  /** What is left, in milliseconds. */
  get leftMs(): number {
    return this.#leftMs;
  }

  /** It counts from now on. @param over - called once, when it is over */
  start(over?: () => void): void {
    this.#over = over ?? this.#over;
    this.#since = this.#clock.now();
    if (this.#over === undefined) return;
    this.#timer = this.#clock.setTimer(this.#over, Math.max(0, this.#leftMs), { keepProcessAlive: true });
  }

  /** It does not count until the next {@link start}. */
  pause(): void {
    this.#timer?.cancel();
    this.#leftMs -= this.#clock.now() - this.#since;
  }

  readonly pausedWhile = (waiting: boolean): void => {
    if (waiting) this.pause();
    else this.start();
  };

  /** It is not needed any more. */
  end(): void {
    this.#timer?.cancel();
    this.#over = undefined;
  }
}
