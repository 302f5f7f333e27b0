import {
  CommitOutcomeUnknownError,
  ConnectionLostError,
  SessionClosedError,
  StoppedError,
  TransactionAbortedError,
  TransactionClosedError,
  TransactionStateError,
} from "@nsj/mdb-core";

/** Why a signal was aborted, and in which tree. */
export class GivenUp extends Error {
  readonly tree: number;

  constructor(tree: number) {
    super(`given up by tree ${tree}`);
    this.tree = tree;
  }
}

/** An error and everything that it names as its cause. */
export function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && causes.length < 20; at = at.cause) causes.push(at);
  return causes;
}

/** Whether an error says that nobody knows whether a transaction was committed. */
export function isUnknown(error: unknown): boolean {
  return causesOf(error).some((it) => it instanceof CommitOutcomeUnknownError);
}

/** Whether an error says that a statement which commits by itself may have done its work. */
export function mayHaveRun(error: unknown): boolean {
  if ((error instanceof StoppedError && error.mayHaveRun) || isUnknown(error)) return true;
  return causesOf(error).some((it) => it instanceof ConnectionLostError && !it.retryable);
}

/** Whether a statement in a transaction was not even sent. */
export function wasRefused(error: unknown): boolean {
  if (error instanceof TransactionStateError) return !error.message.includes("the statement itself ended");
  return [TransactionAbortedError, TransactionClosedError, SessionClosedError].some((it) => error instanceof it);
}
