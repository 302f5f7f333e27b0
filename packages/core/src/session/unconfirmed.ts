import { type MdbError, StoppedError } from "../errors/index.ts";

/** What was stopped for its caller without the server's word that it was. */
const unconfirmed = new WeakSet<MdbError>();

/** What is added where nobody knows whether the statement was stopped before its work was done. */
const unanswered =
  "; the server did not confirm that, and the connection was cut: outside a transaction it may have run";

/** The server has not confirmed that it stopped what `reason` was to stop. */
export function notConfirmed(reason: MdbError): void {
  unconfirmed.add(reason);
  reason.message += unanswered;
}

/** Says in the error what that leaves open. @param alone - it commits by itself: nothing undoes it */
export function tellWhetherItRan(error: MdbError, alone: boolean): void {
  if (alone && error instanceof StoppedError && unconfirmed.has(error)) Object.assign(error, { mayHaveRun: true });
}
