import { type StatementPlan, systemClock } from "../driver/index.ts";
import type { Database } from "./database.ts";
import { planOf } from "./plan-of.ts";

/** A text is asked about again after this time, in milliseconds: plans change with the data. */
const againAfterMs = 3_600_000;
/** Texts that are remembered; the oldest makes room. */
const maxTexts = 1_000;

/** Plans in the background: at most one at a time, and one for a text and hour. */
export class PlanQueue {
  readonly #database: (label: string) => Database;
  readonly #asked = new Map<string, number>();
  #busy = false;

  constructor(database: (label: string) => Database) {
    this.#database = database;
  }

  /** The plan; `undefined` at once where it is not asked for now. Never rejects. */
  ask(label: string, text: string | undefined): Promise<StatementPlan | undefined> | undefined {
    if (this.#busy || text === undefined) return undefined;
    const key = `${label}\n${text}`;
    const now = systemClock.now();
    const before = this.#asked.get(key);
    if (before !== undefined && now - before < againAfterMs) return undefined;
    this.#asked.delete(key);
    this.#asked.set(key, now);
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= maxTexts) break;
      this.#asked.delete(oldest);
    }
    this.#busy = true;
    return this.#ask(label, text);
  }

  async #ask(label: string, text: string): Promise<StatementPlan | undefined> {
    try {
      return await planOf(this.#database(label), text);
    } catch {
      // No plan is no reason to say nothing of the statement.
      return undefined;
    } finally {
      this.#busy = false;
    }
  }
}
