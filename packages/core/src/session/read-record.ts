/** Longer than this, and others should not have to wait behind it. */
const quickMs = 20;

/** How often a text has to be quick in a row before it travels with others. */
const quickRuns = 3;

/** What is known of one text that only reads: whether it is quick. */
export class ReadRecord {
  #quickRuns = 0;

  /** Whether it was quick each of the last times. */
  get isQuick(): boolean {
    return this.#quickRuns >= quickRuns;
  }

  /** It has run once more. */
  took(durationMs: number): void {
    this.#quickRuns = durationMs <= quickMs ? Math.min(this.#quickRuns + 1, quickRuns) : 0;
  }
}

// Whatever else a text may be, this errs on the side of a connection of its own: a read that is not recognised loses speed only.
const readsOnly = /^\s*(?:select|values|table)\b/i;
const mayLock = /;|\bfor\b[^']{0,40}\b(?:update|share)\b|\binto\b|lock\s*\(/i;

/** Says whether a text is one statement that reads, and waits for nobody's rows while it does. */
export function onlyReads(text: string): boolean {
  return readsOnly.test(text) && !mayLock.test(text);
}
