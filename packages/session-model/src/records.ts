/** One node of the tree that a seed makes: something that keeps or undoes what is inside of it. */
export interface Part {
  readonly kind: "transaction" | "savepoint" | "joined" | "run" | "session" | "held";
  readonly around: Part | undefined;
  /** Whether it resolved; `undefined` while it runs, "unknown" where its error said so. */
  ok: boolean | "unknown" | undefined;
}

/** A row that was asked for. */
export interface Insert {
  readonly id: number;
  readonly part: Part | undefined;
  ok: boolean | undefined;
}

/** A pair of hooks. */
export interface HookRecord {
  readonly part: Part;
  committed: number;
  undone: number;
}

/** Whether everything around it was kept; "unknown" where nobody can say. */
export function wasKept(part: Part | undefined): boolean | "unknown" {
  let unknown = false;
  for (let at = part; at !== undefined; at = at.around) {
    // What runs by the ambient context alone keeps and undoes nothing by itself.
    if (at.kind === "run") continue;
    if (at.ok === "unknown") unknown = true;
    else if (at.ok !== true) return false;
  }
  return unknown ? "unknown" : true;
}
