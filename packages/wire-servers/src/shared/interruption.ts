/** Thrown by a session that was told to stop what it does. */
export class InterruptedError extends Error {
  constructor() {
    super("the session was interrupted");
  }
}

/**
 * Stops the work of one session for certain. A request to cancel that reaches the database just before a statement starts, or just
 * after it ended, does nothing: so it is sent until the statement that ran is over, and none is started from then on.
 */
export class Interruption {
  readonly #cancel: () => Promise<void>;
  #interrupted = false;
  #running: symbol | undefined;
  #cancelling: Promise<void> | undefined;

  /** `cancel` asks the database once, and resolves when that can no longer hit a later statement. */
  constructor(cancel: () => Promise<void>) {
    this.#cancel = cancel;
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Runs one exchange with the database. @throws InterruptedError instead of starting it after `interrupt`. */
  async exchange<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#interrupted) throw new InterruptedError();
    if (this.#cancelling !== undefined) {
      await this.#cancelling;
      if (this.#interrupted) throw new InterruptedError();
    }
    const own = Symbol("exchange");
    this.#running = own;
    try {
      return await work();
    } finally {
      if (this.#running === own) this.#running = undefined;
    }
  }

  /** Runs an exchange that cleans up, and is therefore never interrupted. */
  async protected<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#cancelling;
    return work();
  }

  /** Stops what runs, and keeps more from starting until `resume`. */
  async interrupt(): Promise<void> {
    this.#interrupted = true;
    this.#cancelling ??= this.#cancelUntilOver().finally(() => {
      this.#cancelling = undefined;
    });
    await this.#cancelling;
  }

  /** Takes exchanges again; the next one waits until no request to cancel is on its way any more. */
  resume(): void {
    this.#interrupted = false;
  }

  async #cancelUntilOver(): Promise<void> {
    const running = this.#running;
    while (running !== undefined && this.#running === running) await this.#cancel();
  }
}
