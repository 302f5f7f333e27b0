/** One node of the tree that a seed makes: something that keeps or undoes what is inside of it. */
export interface Part {
  readonly kind: "transaction" | "attempt" | "savepoint" | "joined" | "run" | "session" | "held";
  readonly around: Part | undefined;
  /** Whether it resolved; `undefined` while it runs, "unknown" where its error said so. */
  ok: boolean | "unknown" | undefined;
  /** A text inside of it has ended its transaction: some of it may have been kept, and its error says so. */
  torn?: boolean;
}

/** A row that was asked for. */
export interface Insert {
  readonly id: number;
  readonly part: Part | undefined;
  /** Whether it resolved; `undefined` where its error said that nobody knows what it did. */
  ok: boolean | undefined;
}

/** A pair of hooks. */
export interface HookRecord {
  readonly part: Part;
  committed: number;
  undone: number;
}

/** Everything that happened in one play. */
export class Records {
  /** What was done, in the order in which it began. */
  readonly trace: string[] = [];
  readonly inserts: Insert[] = [];
  readonly hooks: HookRecord[] = [];
  /** Errors that hooks threw, and how often each was told. */
  readonly hookErrors = new Map<unknown, number>();
  /** Rows that were not there when their callers were told that they may have been lost. */
  readonly undoneWhenTold: number[] = [];
  /** Promises that were seen broken on the way. */
  readonly broken: string[] = [];
  #lastId = 0;

  insert(part: Part | undefined): Insert {
    const record: Insert = { id: ++this.#lastId, part, ok: undefined };
    this.inserts.push(record);
    return record;
  }

  expect(holds: boolean, otherwise: () => string): void {
    if (!holds) this.broken.push(otherwise());
  }
}

/** Whether everything around it was kept; "unknown" where nobody can say. */
export function wasKept(part: Part | undefined): boolean | "unknown" {
  if (isTorn(part)) return "unknown";
  let unknown = false;
  for (let at = part; at !== undefined; at = at.around) {
    // What runs by the ambient context alone keeps and undoes nothing by itself.
    if (at.kind === "run") continue;
    if (at.ok === "unknown") unknown = true;
    else if (at.ok !== true) return false;
  }
  return unknown ? "unknown" : true;
}

/** Whether a text has ended the transaction that a part is in. */
export function isTorn(part: Part | undefined): boolean {
  for (let at = part; at !== undefined; at = at.around) if (at.torn === true) return true;
  return false;
}

/** Where a part is in its tree, for messages. */
export function pathOf(part: Part | undefined): string {
  const kinds: string[] = [];
  for (let at = part; at !== undefined; at = at.around) kinds.unshift(`${at.kind} ${String(at.ok)}`);
  return kinds.join(" > ");
}

/** Marks the server's transaction that a part is in: everything up to the one that began it. */
export function tear(part: Part | undefined): void {
  for (let at = part; at !== undefined; at = at.around) {
    at.torn = true;
    if (at.kind === "transaction" || at.kind === "session" || at.kind === "held") return;
  }
}
