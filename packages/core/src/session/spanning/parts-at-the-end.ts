import {
  BranchPendingError,
  CommitOutcomeUnknownError,
  type LabelState,
  type LabelStates,
  PartialCommitError,
} from "../../errors/index.ts";
import type { TransactionOutcome } from "../diagnostics.ts";
import type { DatabasePart } from "./database-part.ts";
import type { Ending } from "./protocol.ts";

/** What has become of the whole. */
type Outcome = Exclude<Ending["outcome"], "overruled"> | "partial";

/** What is known of each database once a transaction over several has ended, by label. */
export function statesOf(parts: readonly DatabasePart[], outcome: Outcome): LabelStates {
  return Object.fromEntries(parts.map((part) => [part.label, stateOf(part, outcome)]));
}

function stateOf({ known }: DatabasePart, outcome: Outcome): LabelState {
  return known === "unknown" && outcome !== "unknown" && outcome !== "partial" ? outcome : known;
}

/** What an event tells of one of them, by what is known of it; where nothing is, or it only read, by what was decided. */
export function outcomeOf(part: DatabasePart, outcome: Outcome): TransactionOutcome {
  const state = stateOf(part, outcome);
  if (state === "committed" || state === "rolled back" || state === "unknown") return state;
  return outcome === "partial" ? "committed" : outcome;
}

/** Which hooks are right for one of them where not all have ended alike; `undefined` where nobody knows. */
export function hooksOf({ known }: DatabasePart): "committed" | "rolled back" | undefined {
  if (known === "unknown") return undefined;
  return known === "rolled back" || known === "untouched" ? "rolled back" : "committed";
}

/** Somebody has committed the branches by hand, before the decider could. @param cause - why it could not */
export function overruledEnd(
  { label, context }: DatabasePart,
  labels: LabelStates,
  cause: unknown,
): PartialCommitError {
  const { engine } = context;
  const message = `${label} (${engine}): the transaction was committed by hand before it was decided, so that the other databases keep what was written in them, and this one does not`;
  return new PartialCommitError(message, { database: label, engine, labels, cause });
}

/** Nobody could say in time what was decided. @param id - of the transaction, where branches of it are prepared */
export function unknownEnd(
  { message, database, engine, cause }: CommitOutcomeUnknownError,
  labels: LabelStates,
  id: string | undefined,
): CommitOutcomeUnknownError {
  const facts = { database, engine, cause, labels };
  if (id === undefined) return new CommitOutcomeUnknownError(message, facts);
  const kept = "the other databases keep what they have prepared until recovery knows; outcome(transactionId) tells";
  return new CommitOutcomeUnknownError(`${message}; ${kept}`, { ...facts, transactionId: id });
}

/** It is committed, and not everybody knows. */
export function pendingEnd(labels: LabelStates, transactionId: string): BranchPendingError {
  const names = Object.keys(labels).filter((label) => labels[label] === "prepared");
  const message = `the transaction is committed, but ${names.join(", ")} could not be told yet, so that what was written is not to be seen there; recovery will tell`;
  return new BranchPendingError(message, { labels, transactionId });
}
