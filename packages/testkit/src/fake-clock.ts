import type { Clock, Timer, TimerOptions } from "@nsj/mdb-core";

interface PendingTimer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
  keepsAlive: boolean;
}

/** Lets every promise that can settle do so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Time that passes only when a test says so: `new DatabaseManager({ ... }, { clock })`, or `driver.connector(options, { clock })`. Answers of a server
 * are awaited between two moments only as far as they have arrived.
 */
export class FakeClock implements Clock {
  readonly #timers = new Set<PendingTimer>();
  #now = 1_000;
  #wall = Date.UTC(2024, 0, 1);
  #order = 0;

  /** Milliseconds of this clock; it begins at 1 000. */
  now(): number {
    return this.#now;
  }

  /** Milliseconds since 1970; it begins with 2024. */
  wallNow(): number {
    return this.#wall;
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Timers that would keep a process alive. */
  get keptAlive(): number {
    return [...this.#timers].filter((timer) => timer.keepsAlive).length;
  }

  /** Calls back when time has passed that far. */
  setTimer(callback: () => void, delayMs: number, options?: TimerOptions): Timer {
    const timer: PendingTimer = {
      at: this.#now + Math.max(0, delayMs),
      order: this.#order++,
      callback,
      keepsAlive: options?.keepProcessAlive === true,
    };
    this.#timers.add(timer);
    return {
      cancel: () => this.#timers.delete(timer),
      ref: () => {
        timer.keepsAlive = true;
      },
      unref: () => {
        timer.keepsAlive = false;
      },
    };
  }

  /** Lets so many milliseconds pass: every timer that comes due fires at its moment, and what it sets off settles before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#moveTo(next.at);
      this.#timers.delete(next);
      next.callback();
      await settled();
    }
    this.#moveTo(end);
  }

  /** The process is busy: so many milliseconds pass, and timers come late. */
  block(ms: number): void {
    this.#moveTo(this.#now + ms);
  }

  /** The machine sleeps: only the wall clock goes on. */
  sleep(ms: number): void {
    this.#wall += ms;
  }

  #next(end: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }

  #moveTo(at: number): void {
    if (at <= this.#now) return;
    this.#wall += at - this.#now;
    this.#now = at;
  }
}
