import { MdbError, type MdbErrorOptions } from "./mdb-error.ts";

/**
 * What is known of one database after a transaction over several. `"read only"`: it had written nothing, so there is nothing to know; `"untouched"`:
 * nothing was sent there; `"prepared"`: it keeps its work and its locks until the decision is known; `"unknown"`: nobody can say yet.
 */
export type LabelState = "committed" | "rolled back" | "prepared" | "unknown" | "read only" | "untouched";

/** {@link LabelState} by label. */
export type LabelStates = Readonly<Record<string, LabelState>>;

/** What the errors of transactions over several databases tell. */
export interface SpanningFacts {
  readonly transactionId: string;
  readonly labels: LabelStates;
}

/**
 * Of the databases of a transaction some have committed and others have not: with `mode: "best-effort"`, or where somebody has decided by hand to commit (`resolve`) before the decider could. `cause` is
 * the first failure.
 */
export class PartialCommitError extends MdbError {
  static override readonly className = "PartialCommitError";
  /** What became of each database. */
  readonly labels: LabelStates;

  constructor(message: string, options: MdbErrorOptions & Pick<SpanningFacts, "labels">) {
    super("MDB_PARTIAL_COMMIT", message, options);
    this.labels = options.labels;
  }
}

/**
 * The transaction over several databases is committed, for good. Those whose state is `"prepared"` could not be told yet, and show it once
 * recovery has reached them. Only with `onPending: "reject"`.
 */
export class BranchPendingError extends MdbError {
  static override readonly className = "BranchPendingError";
  readonly transactionId: string;
  readonly labels: LabelStates;

  constructor(message: string, options: MdbErrorOptions & SpanningFacts) {
    super("MDB_BRANCH_PENDING", message, options);
    this.transactionId = options.transactionId;
    this.labels = options.labels;
  }
}

/** Somebody has finished a prepared transaction by hand, against the decision. Told on `mdb:in-doubt`, and never thrown at a caller. */
export class HeuristicOutcomeError extends MdbError {
  static override readonly className = "HeuristicOutcomeError";
  readonly transactionId: string;
  /** What was decided for all. */
  readonly decision: "committed" | "rolled back";
  /** What became of it in `database`. */
  readonly found: "committed" | "rolled back";

  constructor(
    message: string,
    options: MdbErrorOptions & {
      readonly transactionId: string;
      readonly decision: "committed" | "rolled back";
      readonly found: "committed" | "rolled back";
    },
  ) {
    super("MDB_HEURISTIC", message, options);
    this.transactionId = options.transactionId;
    this.decision = options.decision;
    this.found = options.found;
  }
}
