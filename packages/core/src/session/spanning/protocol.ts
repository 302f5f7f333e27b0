import type { BranchEnd, Vote } from "../../driver/index.ts";
import { CommitOutcomeUnknownError, type MdbError } from "../../errors/index.ts";

/** What was decided over a transaction, as far as somebody who asks can know. */
export type Verdict = "committed" | "rolled back" | "undecided";

/** One database in a transaction over several, as the protocol sees it. */
export interface SpanningPart {
  readonly label: string;
  /** `"seems read"`: it has written nothing that the server knows of; its vote tells. */
  readonly state: "untouched" | "seems read" | "written";
  /** After `vote` has rejected: whether it may be prepared all the same, because nobody has heard the answer. */
  readonly mayBePrepared: boolean;
  /** Prepares it. When it rejects, it is rolled back, unless `mayBePrepared`. */
  vote(): Promise<Vote["vote"]>;
  /** Commits it by itself. @throws CommitOutcomeUnknownError; anything else means that it was rolled back */
  commit(): Promise<void>;
  /** Rolls back what is not prepared. Never rejects: a connection that cannot do it is gone, and its transaction with it. */
  rollback(): Promise<void>;
  /** Ends it once it is prepared. */
  finish(end: BranchEnd): Promise<"done" | "gone" | "busy">;
}

/** The database whose own commit decides. */
export interface DecidingPart extends SpanningPart {
  /** Writes into its transaction that the whole is committed, with the branches that are asked to prepare. @throws Overruled where somebody else has decided */
  decide(branches: readonly SpanningPart[]): Promise<void>;
  /**
   * What was decided, after the answer to its COMMIT was lost, or after somebody else has decided; decides "rolled back" where nothing was. `"committed by hand"`: not by its own
   * COMMIT, so that what it has written itself is not there. Never rejects.
   */
  verdict(): Promise<Verdict | "committed by hand">;
}

/** Another decision than the coordinator's own stands already. */
export class Overruled extends Error {
  /** What the caller is told where that one is "rolled back". */
  readonly told: MdbError;

  constructor(told: MdbError) {
    super(told.message);
    this.told = told;
  }
}

/** How a transaction over several databases has ended. */
export type Ending =
  | { readonly outcome: "committed"; readonly prepared: readonly SpanningPart[]; readonly left: Leftovers }
  | { readonly outcome: "rolled back"; readonly error: unknown; readonly left: Leftovers }
  /** The branches, by a decision from somebody else; and not what the decider has written. */
  | { readonly outcome: "overruled"; readonly error: unknown; readonly left: Leftovers }
  | {
      readonly outcome: "unknown";
      readonly error: CommitOutcomeUnknownError;
      readonly prepared: readonly SpanningPart[];
      /** Whose COMMIT it is. */
      readonly unknown: SpanningPart;
    };

/** Branches that could not be ended as decided. */
export interface Leftovers {
  /** They wait for recovery. */
  readonly pending: readonly SpanningPart[];
  /** Somebody else has ended them. */
  readonly gone: readonly SpanningPart[];
}

const nothingLeft: Leftovers = { pending: [], gone: [] };

/**
 * Ends a transaction over several databases so that all commit or none. All that have written are prepared, but one: the *decider* commits in one
 * phase, with a row in its own transaction that says so. That commit is the decision; recovery reads the row, and writes the opposite one under
 * the same key before it believes that there is none.
 *
 * Presumed abort and the read-only vote are those of R*: Mohan, Lindsay, Obermarck, "Transaction Management in the R* Distributed Database Management
 * System", ACM TODS 11 (1986). That a participant's own commit can hold the decision is known as a commit markable resource.
 */
export async function endTogether(parts: readonly SpanningPart[], decider: DecidingPart): Promise<Ending> {
  const prepared: SpanningPart[] = [];
  try {
    const voted = await voteAndDecide(parts, decider, prepared);
    if (voted !== "decided") return voted === undefined ? committed([], nothingLeft) : await commitAlone(parts, voted);
  } catch (error) {
    return error instanceof Overruled ? follow(parts, prepared, decider, error.told) : undo(parts, prepared, error);
  }
  try {
    await decider.commit();
  } catch (error) {
    if (!(error instanceof CommitOutcomeUnknownError)) return undo(parts, prepared, error);
    const verdict = await decider.verdict();
    if (verdict === "undecided") return { outcome: "unknown", error, prepared, unknown: decider };
    if (verdict === "rolled back") return undo(parts, prepared, error.cause ?? error);
    if (verdict === "committed by hand") return commitBranches(parts, prepared, error.cause ?? error);
  }
  return committed(prepared, await finishAll(prepared, "commit"));
}

/** Does what somebody else has decided: he may have ended some of the branches already, and all of them have to end alike. */
async function follow(
  parts: readonly SpanningPart[],
  prepared: readonly SpanningPart[],
  decider: DecidingPart,
  told: MdbError,
): Promise<Ending> {
  // It may be what keeps others from reading the decision.
  await decider.rollback();
  const verdict = await decider.verdict();
  if (verdict === "rolled back") return undo(parts, prepared, told);
  if (verdict !== "undecided") return commitBranches(parts, prepared, told);
  const { database, engine } = told;
  const message = `${database} (${engine}): somebody else has decided over the transaction, and nobody could read in time what`;
  const error = new CommitOutcomeUnknownError(message, { database, engine, cause: told });
  return { outcome: "unknown", error, prepared: mayBePrepared(parts, prepared), unknown: decider };
}

/** Commits the branches without the decider, as was decided by hand. */
async function commitBranches(
  parts: readonly SpanningPart[],
  prepared: readonly SpanningPart[],
  error: unknown,
): Promise<Ending> {
  return { outcome: "overruled", error, left: await endBranches(parts, prepared, "commit") };
}

function mayBePrepared(parts: readonly SpanningPart[], prepared: readonly SpanningPart[]): readonly SpanningPart[] {
  return parts.filter((part) => part.mayBePrepared || prepared.includes(part));
}

/** Rolls everything back before anything was decided: whoever finds a branch later presumes the same. */
export async function undo(
  parts: readonly SpanningPart[],
  prepared: readonly SpanningPart[],
  error: unknown,
): Promise<Ending> {
  return { outcome: "rolled back", error, left: await endBranches(parts, prepared, "rollback") };
}

/** Ends what may be prepared as was decided, and rolls back everything else. */
async function endBranches(
  parts: readonly SpanningPart[],
  prepared: readonly SpanningPart[],
  end: BranchEnd,
): Promise<Leftovers> {
  const toFinish = mayBePrepared(parts, prepared);
  const toRollBack = parts.filter((part) => !toFinish.includes(part)).map((part) => part.rollback());
  const [left] = await Promise.all([finishAll(toFinish, end), ...toRollBack]);
  return left;
}

/**
 * Asks the branches to prepare, and the decider to write that the whole is committed; those that have only read end by it. Gives the only one that has to
 * be committed, where nothing is prepared.
 * @param prepared - filled with those that are
 */
async function voteAndDecide(
  parts: readonly SpanningPart[],
  decider: DecidingPart,
  prepared: SpanningPart[],
): Promise<SpanningPart | "decided" | undefined> {
  const written: SpanningPart[] = [];
  const readers: SpanningPart[] = [];
  for (const part of parts) {
    const { state } = part;
    if (state === "written") written.push(part);
    else if (state === "seems read" && part !== decider) readers.push(part);
  }
  const branches = written.filter((part) => part !== decider);
  if (written.length > 1) {
    const asked = [...readers, ...branches];
    // What it writes counts from its commit on, so it need not wait for the votes: only the commit has to.
    const deciding = decider.decide(asked);
    const [votes, decision] = await Promise.allSettled([vote(asked, prepared), deciding]);
    // What somebody else has decided holds whatever the votes were.
    if (decision.status === "rejected" && decision.reason instanceof Overruled) throw decision.reason;
    for (const answer of [votes, decision]) if (answer.status === "rejected") throw answer.reason;
    return "decided";
  }
  if (readers.length > 0) await vote(readers, prepared);
  if (prepared.length === 0) {
    if (written.length === 1 && decider.state === "seems read") await endReading(decider);
    return written[0] ?? (decider.state === "untouched" ? undefined : decider);
  }
  await vote(branches, prepared);
  await decider.decide(prepared);
  return "decided";
}

/** All at once; rejects with the first refusal, once all have answered. */
async function vote(parts: readonly SpanningPart[], prepared: SpanningPart[]): Promise<void> {
  const answers = await Promise.allSettled(parts.map((part) => part.vote()));
  for (const [index, answer] of answers.entries()) {
    const part = parts[index];
    if (part !== undefined && answer.status === "fulfilled" && answer.value === "prepared") prepared.push(part);
  }
  const refusal = answers.find((answer) => answer.status === "rejected");
  if (refusal !== undefined) throw refusal.reason;
}

/** A decider that has only read has nothing to say once another one commits alone. What it prepared nevertheless holds no change. */
async function endReading(decider: DecidingPart): Promise<void> {
  if ((await decider.vote()) === "prepared") await decider.finish("commit");
}

async function commitAlone(parts: readonly SpanningPart[], part: SpanningPart): Promise<Ending> {
  try {
    await part.commit();
    return committed([], nothingLeft);
  } catch (error) {
    if (!(error instanceof CommitOutcomeUnknownError)) return undo(parts, [], error);
    return { outcome: "unknown", error, prepared: [], unknown: part };
  }
}

/** Tells all of them; none of them can change the decision. */
export async function finishAll(parts: readonly SpanningPart[], end: BranchEnd): Promise<Leftovers> {
  const answers = await Promise.allSettled(parts.map((part) => part.finish(end)));
  const which = (is: (answer: PromiseSettledResult<string>) => boolean) =>
    parts.filter((_, index) => is(answers[index] as PromiseSettledResult<string>));
  return {
    pending: which((answer) => answer.status === "rejected" || answer.value === "busy"),
    gone: which((answer) => answer.status === "fulfilled" && answer.value === "gone"),
  };
}

function committed(prepared: readonly SpanningPart[], left: Leftovers): Ending {
  return { outcome: "committed", prepared, left };
}
