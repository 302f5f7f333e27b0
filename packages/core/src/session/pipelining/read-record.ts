/** Longer than this, and others should not have to wait behind it. */
const quickMs = 20;

/** How often a text has to be quick in a row before it travels with others. */
const quickRuns = 3;

/** After each slow run it has to be quick so many times as often. */
const distrust = 10;

/** More than this is asked of no text. */
const mostRuns = 3_000;

/** What is known of one text that only reads: whether it is quick. */
export class ReadRecord {
  #runsLeft = quickRuns;
  #runsAfterSlow = quickRuns;

  /** Whether it was quick often enough since it was slow. */
  get isQuick(): boolean {
    return this.#runsLeft === 0;
  }

  /** It has run once more. */
  took(durationMs: number): void {
    if (durationMs <= quickMs) {
      if (this.#runsLeft > 0) this.#runsLeft--;
      return;
    }
    this.#runsAfterSlow = Math.min(this.#runsAfterSlow * distrust, mostRuns);
    this.#runsLeft = this.#runsAfterSlow;
  }
}

// Whatever else a text may be, this errs on the side of a connection of its own: a read that is not recognised loses speed only.
const readsOnly = /^\s*(?:select|values|table)\b/i;
const mayLock = /;|\bfor\b[^']{0,40}\b(?:update|share)\b|\binto\b|lock\s*\(/i;

/** Says whether a text is one statement that reads, and waits for nobody's rows while it does. */
export function onlyReads(text: string): boolean {
  return readsOnly.test(text) && !mayLock.test(text);
}
