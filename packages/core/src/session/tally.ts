/** What a manager's databases count together, for events. */
export interface Tally {
  /** Tells the manager apart from others of the process: two of them may use one label. */
  readonly manager: number;
  /** Transactions that somebody asked the number of. */
  transactions: number;
}

/** On `globalThis`, so that the ESM and the CommonJS copy of this package count together. */
const key: unique symbol = Symbol.for("@nsj/mdb/managers") as never;
const place = globalThis as { [key]?: number };

/** The tally of a new manager. */
export function newTally(): Tally {
  const manager = (place[key] ?? 0) + 1;
  place[key] = manager;
  return { manager, transactions: 0 };
}
