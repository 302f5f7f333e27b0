import type { Clock, Timer } from "@nsj/mdb-core";

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Lets every promise that can settle do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time that passes only when a test says so. */
export class TestClock implements Clock {
  readonly #timers = new Set<Pending>();
  #now = 1_000;
  #order = 0;

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#now;
  }

  get timers(): number {
    return this.#timers.size;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer), ref: () => {}, unref: () => {} };
  }

  /** Lets time pass; each timer fires at its moment, and what it sets off settles before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#timers.delete(next);
      next.callback();
      await settled();
    }
    this.#now = end;
  }

  /** Lets time pass to the next timer and fires that; what it sets off has not settled yet. */
  fireNext(): void {
    const next = this.#next(Number.POSITIVE_INFINITY);
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.at);
    this.#timers.delete(next);
    next.callback();
  }

  #next(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}
