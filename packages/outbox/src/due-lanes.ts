/** Which lanes are known to have messages that are due, and who waits for the next such lane. */
export class DueLanes {
  readonly #due = new Set<number>();
  #news = Promise.withResolvers<void>();

  has(lane: number): boolean {
    return this.#due.has(lane);
  }

  add(lanes: Iterable<number>): void {
    for (const lane of lanes) this.#due.add(lane);
    this.tell();
  }

  /** Called before its messages are read: one that comes meanwhile makes it due again. */
  take(lane: number): void {
    this.#due.delete(lane);
  }

  /** Resolves when {@link add} or {@link tell} is called next. */
  get news(): Promise<void> {
    return this.#news.promise;
  }

  /** Those who wait look again: for a lane, or whether they shall end. */
  tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }
}
