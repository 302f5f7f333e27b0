import { MdbError, type MdbErrorOptions } from "./mdb-error.ts";
import type { LabelStates, SpanningFacts } from "./spanning-errors.ts";

/** A statement of the transaction failed, or the server ended it: nothing more can be done in it. `cause` is the first failure. */
export class TransactionAbortedError extends MdbError {
  static override readonly className = "TransactionAbortedError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_TRANSACTION_ABORTED", message, options);
  }
}

/** The callback returned, but the transaction had been marked for rollback and was rolled back. */
export class UnexpectedRollbackError extends MdbError {
  static override readonly className = "UnexpectedRollbackError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_UNEXPECTED_ROLLBACK", message, options);
  }
}

/** The connection was lost while COMMIT was under way: the data may or may not be there. */
export class CommitOutcomeUnknownError extends MdbError {
  static override readonly className = "CommitOutcomeUnknownError";
  /** For `outcome()`, after a transaction over several databases that was to be decided: there it can be asked later. */
  declare readonly transactionId: string | undefined;
  /** What is known of each database, after a transaction over several. */
  declare readonly labels: LabelStates | undefined;

  constructor(message: string, options: MdbErrorOptions & Partial<SpanningFacts> = {}) {
    super("MDB_COMMIT_OUTCOME_UNKNOWN", message, options);
    if (options.transactionId !== undefined) this.transactionId = options.transactionId;
    if (options.labels !== undefined) this.labels = options.labels;
  }
}

/** The transaction behind this handle, or around this call, has ended. */
export class TransactionClosedError extends MdbError {
  static override readonly className = "TransactionClosedError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_TRANSACTION_CLOSED", message, options);
  }
}

/** The propagation or options do not fit the transaction that is, or is not, running. */
export class TransactionStateError extends MdbError {
  static override readonly className = "TransactionStateError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_TRANSACTION_STATE", message, options);
  }
}

/** The session was closed. */
export class SessionClosedError extends MdbError {
  static override readonly className = "SessionClosedError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_SESSION_CLOSED", message, options);
  }
}

/** An `onCommit` or `onRollback` hook threw; the outcome of the transaction stands. */
export class HookError extends MdbError {
  static override readonly className = "HookError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_HOOK", message, options);
  }
}
