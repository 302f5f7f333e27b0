/** Lets changes of the shops' places run one after the other. In one process; several would take a lock of the control database. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(change: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(change);
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** Resolves when none is going on. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
