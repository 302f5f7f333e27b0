import type { Patience } from "./patience.ts";

interface Waiter {
  readonly owner: object;
  readonly resume: () => void;
}

/**
 * Whose turn it is to write to one file, among the connections of this process. SQLite lets one of them write at a time and makes the
 * others wait asleep, which would stop the very one they wait for; here they wait without blocking, first come, first served.
 */
export class WriterQueue {
  #owner: object | undefined;
  readonly #waiting: Waiter[] = [];

  /** Takes the turn when nobody has it, or says that this owner has it already. */
  take(owner: object): boolean {
    this.#owner ??= owner;
    return this.#owner === owner;
  }

  /** Waits for the turn. @throws what `patience` ends with */
  wait(owner: object, patience: Patience): Promise<void> {
    return patience.wait((resume) => {
      const waiter = { owner, resume };
      this.#waiting.push(waiter);
      return () => {
        const place = this.#waiting.indexOf(waiter);
        if (place >= 0) this.#waiting.splice(place, 1);
      };
    });
  }

  /** Passes the turn on. Does nothing when this owner does not have it. */
  release(owner: object): void {
    if (this.#owner !== owner) return;
    const next = this.#waiting.shift();
    // Handed over rather than freed, so that nobody can push in between.
    this.#owner = next?.owner;
    next?.resume();
  }
}
