/** One pending callback. */
export interface Timer {
  /** The callback will not run any more. Does nothing when it has run. */
  cancel(): void;
  /** Lets the timer keep the process alive. */
  ref(): void;
  /** Lets the process exit while the timer is pending. */
  unref(): void;
}

/** How a timer is set. */
export interface TimerOptions {
  /** The process waits for this timer. Default `false`: nothing of the library holds a process that is done. */
  readonly keepProcessAlive?: boolean;
}

/**
 * Where time comes from. Everything in core that waits or measures asks a clock, so that tests can make time pass without
 * sleeping. One clock serves one process (or one test); all of its times can be compared with each other.
 */
export interface Clock {
  /** Milliseconds that never run backwards, with a fraction; the origin means nothing. Deadlines are on this scale. */
  now(): number;
  /** Milliseconds since 1970, which may jump. It runs on while the machine sleeps, where `now()` may stand still. */
  wallNow(): number;
  /** Calls back once, after `delayMs` or soon after. The callback must not throw. */
  setTimer(callback: () => void, delayMs: number, options?: TimerOptions): Timer;
}

/** Node fires at once, instead of in a month, what is set beyond this. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The process's own time: `performance.now()`, `Date.now()`, `setTimeout`. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimer: (callback: () => void, delayMs: number, options?: TimerOptions) =>
    new SystemTimer(callback, delayMs, options?.keepProcessAlive === true),
});

class SystemTimer implements Timer {
  readonly #callback: () => void;
  #left: number;
  #keepsAlive: boolean;
  #timeout: NodeJS.Timeout;

  constructor(callback: () => void, delayMs: number, keepProcessAlive: boolean) {
    this.#callback = callback;
    // A moment that has passed is now; Node prints a warning for it.
    this.#left = Math.max(0, delayMs);
    this.#keepsAlive = keepProcessAlive;
    this.#timeout = this.#next();
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }

  ref(): void {
    this.#keepsAlive = true;
    this.#timeout.ref();
  }

  unref(): void {
    this.#keepsAlive = false;
    this.#timeout.unref();
  }

  #next(): NodeJS.Timeout {
    const part = Math.min(this.#left, longestTimeoutMs);
    this.#left -= part;
    const timeout = setTimeout(this.#fire, part);
    if (!this.#keepsAlive) timeout.unref();
    return timeout;
  }

  readonly #fire = (): void => {
    if (this.#left > 0) this.#timeout = this.#next();
    else this.#callback();
  };
}
