import {
  ConnectionLostError,
  isMdbError,
  type MdbError,
  SessionClosedError,
  TransactionAbortedError,
  TransactionClosedError,
  TransactionStateError,
  UnexpectedRollbackError,
} from "../errors/index.ts";
import type { RevokeReason } from "../pool/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";

/** @param what - "a statement was", "a stream was" */
export function stillPending(context: DatabaseContext, what: string): MdbError {
  return state(
    context,
    `${what} still pending when the callback returned, so it was rolled back; is an await missing?`,
  );
}

export function innerFailed(context: DatabaseContext, cause: unknown): MdbError {
  const message = `${nameOf(context)}: rolled back although the callback returned, because an inner transaction that had joined it failed`;
  return new UnexpectedRollbackError(message, {
    ...placeOf(context),
    cause,
    retryable: isMdbError(cause) && cause.retryable,
  });
}

export function streamOpen(context: DatabaseContext): MdbError {
  return state(context, "a stream is open on this session; end its loop first, or collect the rows with query()");
}

export function fedByItself(context: DatabaseContext): MdbError {
  return state(
    context,
    "the rows of a bulk load come from the very connection that it fills, so each would wait for the other; " +
      "read them outside of the transaction, or collect them with query()",
  );
}

export function controlledByText(context: DatabaseContext, statement: string): MdbError {
  const message = `${nameOf(context)}: the text ends or begins a transaction, which this one does by itself; use transaction(), savepoint(), or begin() for one of your own`;
  return new TransactionStateError(message, { ...placeOf(context), statement });
}

/** After a statement on its own. */
export function leftOpen(context: DatabaseContext, statement: string | undefined): MdbError {
  const message = `${nameOf(context)}: the statement left a transaction open on a connection of its own, and it is rolled back; use transaction(), or begin() for one that you end yourself`;
  return new TransactionStateError(message, { ...placeOf(context), statement });
}

/** For a pinned connection, of which a transaction could not be rolled back. */
export function stillOpen(context: DatabaseContext): MdbError {
  return state(
    context,
    "a transaction on this connection could not be rolled back, so what came after it would be undone with it; take another connection",
  );
}

/** Failures after which some of the work may stand. */
const mayBeKept = new WeakSet<MdbError>();

/** After a statement that has worked, and has ended the transaction. @param idle - and has not begun another one */
export function endedByText(context: DatabaseContext, idle: boolean): MdbError {
  const left = idle ? "ended the transaction" : "ended the transaction and began another one, which is rolled back";
  const error = state(context, `the statement itself ${left}; what was done before that has been kept if it committed`);
  mayBeKept.add(error);
  return error;
}

/** Whether some of what a unit did may stand, although it has failed: then neither kind of hook would be right. */
export function mayHaveBeenKept(failure: MdbError | undefined): boolean {
  return failure !== undefined && mayBeKept.has(failure);
}

/** For everything that comes after the first failure. @param cause - that one; absent when the server has ended it for reasons of its own */
export function aborted(context: DatabaseContext, cause: MdbError | undefined): MdbError {
  const why = cause === undefined ? "the server has ended it by itself" : "one of its statements failed";
  const isKept = mayHaveBeenKept(cause);
  const message = `${nameOf(context)}: the transaction is lost, ${why}${isKept ? "" : "; nothing of it was kept"}`;
  return new TransactionAbortedError(message, {
    ...placeOf(context),
    cause,
    retryable: !isKept && cause?.retryable === true,
  });
}

/** For what was still open in a transaction whose callback has failed. */
export function callbackFailed(context: DatabaseContext, cause: unknown): MdbError {
  const message = `${nameOf(context)}: the transaction was rolled back because its callback failed`;
  return new TransactionClosedError(message, { ...placeOf(context), cause });
}

export function ended(context: DatabaseContext, cause: unknown): MdbError {
  const message = `${nameOf(context)}: the transaction has ended; nothing more can run in it`;
  return new TransactionClosedError(message, { ...placeOf(context), cause });
}

const revocations: Readonly<Record<RevokeReason, string>> = {
  closed: "which was closed and waits no longer",
  "hold-limit": "because it was held for longer than pool.holdLimitMs",
  leaked: "because nobody had it any more",
};

/**
 * The pool has taken the connection back.
 * @param undone - it was in a transaction, of which nothing can have been kept
 */
export function takenAway(context: DatabaseContext, why: RevokeReason, undone: boolean): MdbError {
  const kept = undone ? "; nothing of the transaction was kept" : "";
  const message = `${nameOf(context)}: the connection was taken away by the pool, ${revocations[why]}${kept}`;
  return new ConnectionLostError(message, { ...placeOf(context), retryable: undone });
}

/** The pool has taken the connection of a single statement, which the server has stopped for it: `cause` is what the server said. */
export function stoppedByPool(context: DatabaseContext, cause: MdbError): MdbError {
  const message = `${nameOf(context)}: the connection was taken away by the pool (pool.holdLimitMs, or close() past its deadline), and the statement was stopped`;
  return new ConnectionLostError(message, { ...placeOf(context), cause, statement: cause.statement, retryable: false });
}

export function connectionWentBack(context: DatabaseContext, cause: unknown): MdbError {
  const message = `${nameOf(context)}: the connection went back when its callback ended`;
  return new SessionClosedError(message, { ...placeOf(context), cause });
}

function state(context: DatabaseContext, what: string): MdbError {
  return new TransactionStateError(`${nameOf(context)}: ${what}`, placeOf(context));
}

function placeOf({ database, engine }: DatabaseContext): { readonly database: string; readonly engine: string } {
  return { database, engine };
}
