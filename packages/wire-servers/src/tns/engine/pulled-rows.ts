import type { BackingCursor, BackingRow } from "../../shared/backing-cursor.ts";

/** The rows of one query: those that are here, and where more come from. */
export class PulledRows {
  readonly #cursor: BackingCursor;
  readonly #pull: (count: number) => Promise<BackingRow[]>;
  #rows: BackingRow[] = [];
  #error: unknown;

  /** `pull(0)` gives all of the rest, `pull(-1)` gives up on it. */
  constructor(cursor: BackingCursor, pull: (count: number) => Promise<BackingRow[]>) {
    this.#cursor = cursor;
    this.#pull = pull;
  }

  get finished(): boolean {
    return this.#cursor.finished && this.#error === undefined;
  }

  get left(): number {
    return this.#rows.length;
  }

  /** Makes sure that so many rows are here, where there are as many. */
  async more(count: number): Promise<void> {
    const missing = count - this.#rows.length;
    if (missing <= 0) return;
    if (this.#error !== undefined) {
      const error = this.#error;
      this.#error = undefined;
      throw error;
    }
    if (!this.#cursor.finished) this.#rows.push(...(await this.#pull(missing)));
  }

  take(count: number): BackingRow[] {
    return this.#rows.splice(0, count);
  }

  /** Takes in the rest. An error among it belongs to whoever reads up to there. */
  async all(): Promise<void> {
    try {
      if (!this.#cursor.finished) for (const row of await this.#pull(0)) this.#rows.push(row);
    } catch (error) {
      this.#error = error;
    }
  }

  async close(): Promise<void> {
    this.#rows = [];
    if (!this.#cursor.finished) await this.#pull(-1);
  }
}
