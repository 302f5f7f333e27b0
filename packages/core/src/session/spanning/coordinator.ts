import type { Branch, Clock } from "../../driver/index.ts";
import { TransactionStateError } from "../../errors/index.ts";
import { boundsOfTransaction } from "../bounds.ts";
import { branchLabelOf, branchNameOf, type DatabaseContext } from "../database-context.ts";
import { isUndoneLater } from "../lending.ts";
import { withRetry } from "../retry.ts";
import { refuseRunning } from "./choose-decider.ts";
import { canPrepare, type DatabasePart, finishMs } from "./database-part.ts";
import { Decisions } from "./decisions.ts";
import { finishBranch, listBranches } from "./finish-branch.ts";
import { Heuristics } from "./heuristics.ts";
import { type InDoubt, listInDoubt } from "./in-doubt.ts";
import { knowingDecider } from "./knowing-decider.ts";
import { type BranchesInDoubt, LastLook } from "./last-look.ts";
import type { EnterMember } from "./member-recovery.ts";
import { bothRounds, NotedMembers, type NotedRound, type NotesAsked } from "./noted-members.ts";
import type { Verdict } from "./protocol.ts";
import { type RecoverableLabel, type RecoveredBranch, type RecoveryRound, recoverBranches } from "./recovery.ts";
import type { RecoveryOptions } from "./recovery-loop.ts";
import { RegularRecovery } from "./regular-recovery.ts";
import { type SpanningEvent, tellInDoubt, traceSpanning } from "./spanning-events.ts";
import { checkIsolationLabels, checkSpanningOptions, type SpanningOptions } from "./spanning-options.ts";
import { attemptSpanning, type Handles, type Left, spanningId } from "./spanning-transaction.ts";
import { Stores } from "./stores.ts";

/** How long one server is asked by recovery, in milliseconds. */
const askMs = 5_000;

/** What the coordinator takes from its manager. */
export interface CoordinatorFacts {
  /** The databases at this moment, by label. */
  readonly contexts: () => ReadonlyMap<string, DatabaseContext>;
  /** Whether a label stands for many databases. */
  readonly hasMembers: () => boolean;
  /** Opens one of these. */
  readonly enterMember: EnterMember;
  readonly clock: Clock;
  readonly random: () => number;
  readonly recovery: RecoveryOptions;
  /** The manager's number, for events. */
  readonly manager: number;
}

/** Transactions over several databases of one manager, and the recovery of what they left. May be called concurrently. */
export class Coordinator {
  readonly #contexts: () => ReadonlyMap<string, DatabaseContext>;
  readonly #stores: Stores;
  readonly #decisions: Decisions;
  readonly #members: NotedMembers;
  readonly #regular: RegularRecovery;
  readonly #heuristics = new Heuristics();
  readonly #lastLook = new LastLook();
  /** What its transactions tell it. */
  readonly #told = {
    onLeft: (left: Left): void => this.#left(left),
    onOver: (decider: DatabaseContext, transaction: string): void => this.#members.over(decider, transaction),
  };

  constructor({ contexts, hasMembers, enterMember, clock, random, recovery, manager }: CoordinatorFacts) {
    this.#contexts = contexts;
    this.#stores = new Stores(() => contexts().values());
    const stores = this.#stores;
    this.#decisions = new Decisions(stores, askMs);
    this.#members = new NotedMembers({ contexts, hasMembers, enter: enterMember, stores, limitMs: askMs });
    this.#regular = new RegularRecovery({
      clock,
      random,
      options: recovery,
      stores,
      limitMs: askMs,
      manager,
      recover: (labels, isDue, isWanted) =>
        this.#recover(labels, {
          stores: labels,
          isWanted,
          isDue: (it) => isDue(spanningId(it.store, it.transaction)),
        }),
    });
  }

  /** Begins the regular recovery of the labels that the options name. */
  start(): void {
    this.#regular.start();
  }

  /** Waits for the round of recovery that runs, and ends it. */
  async stop(): Promise<void> {
    await Promise.all([this.#regular.stop(), this.#members.stop()]);
  }

  /** Runs `work` in one transaction over the databases of `contexts`. */
  async transaction<R>(
    contexts: readonly DatabaseContext[],
    work: (handles: Handles) => Promise<R>,
    options: SpanningOptions,
  ): Promise<R> {
    const asked = checkSpanningOptions(options);
    if (asked.isolation !== undefined)
      checkIsolationLabels(
        asked,
        contexts.map(({ database }) => database),
      );
    // What is undone after a test cannot be prepared, and nothing outside could see a part of it.
    const checked = contexts.some(isUndoneLater) ? { ...asked, mode: "best-effort" as const } : asked;
    refuseRunning(contexts);
    const first = contexts[0] as DatabaseContext;
    const bounds = boundsOfTransaction(first, checked);
    const chosen = checked.mode === "atomic" ? knowingDecider(contexts, checked.decider, bounds) : undefined;
    const decider = chosen instanceof Promise ? await chosen : chosen;
    const begin = (): SpanningEvent => ({
      manager: first.tally.manager,
      mode: checked.mode,
      labels: contexts.map((it) => it.database),
      decider: decider?.database,
    });
    return traceSpanning(begin, async (event) => {
      const found =
        decider === undefined || contexts.length === 1 ? undefined : this.#stores.of(decider, checked.timeoutMs);
      const store = found instanceof Promise ? await found : found;
      if (store !== undefined) this.#regular.start(contexts.map(branchLabelOf));
      const { onLeft, onOver } = this.#told;
      const surroundings = { contexts, options: checked, bounds, decider, store, event, onLeft, onOver };
      try {
        return await withRetry(first, checked.retry, bounds, (attempt, retriedAfter) =>
          attemptSpanning({ ...surroundings, run: { attempt, retriedAfter } }, work),
        );
      } catch (error) {
        // The store may be another one than it was.
        if (error instanceof TransactionStateError && decider !== undefined) this.#stores.forget(decider);
        throw error;
      }
    });
  }

  #left({ id, decision, pending, gone }: Left): void {
    for (const { context } of pending) {
      const { engine, tally } = context;
      tellInDoubt({ manager: tally.manager, id, ...branchNameOf(context), engine, decision });
    }
    void this.#lookAt(gone, id, decision);
    if (pending.length > 0) this.#regular.lookAfter(id, () => void this.#lookAt(pending, id, decision));
  }

  /** Looks whether somebody has ended branches otherwise than it was decided. Never rejects. */
  async #lookAt(parts: readonly DatabasePart[], id: string, decision: Verdict): Promise<void> {
    const decided =
      decision === "undecided" && parts.length > 0 ? await this.outcome(id).catch(() => decision) : decision;
    if (decided === "undecided") return;
    await Promise.all(parts.map((it) => this.#heuristics.look(it.context, id, it.native, decided, askMs)));
  }

  /**
   * One round of recovery.
   * @param labels - whose branches are looked for; of all that can have some by default
   * @param isDue - see `recoverBranches`
   */
  async recover(labels?: readonly string[], isDue?: (branch: Branch) => boolean): Promise<RecoveryRound> {
    const isWanted: NotesAsked["isWanted"] = ({ members }) =>
      labels === undefined || members.some(({ label }) => labels.includes(label));
    const { branches, unreachable } = await this.#recover(labels, { isWanted, isDue });
    return { branches, unreachable };
  }

  async #recover(labels: readonly string[] | undefined, asked: NotesAsked): Promise<NotedRound> {
    const recoverable = this.#recoverable(labels);
    const [own, members] = await Promise.all([
      recoverBranches(recoverable, this.#decisions.storeOf, asked.isDue),
      this.#members.recover(this.#decisions.storeOf, asked),
    ]);
    this.#lastLook.see(
      recoverable.map(({ label }) => label),
      own,
    );
    for (const it of own.branches) if (it.result === "gone") void this.#lookAtGone(it);
    return bothRounds(own, members);
  }

  /** What was prepared in a database when recovery last looked; `undefined` where nobody knows. */
  leftIn(label: string): BranchesInDoubt | undefined {
    return this.#lastLook.of(label);
  }

  /** A branch that was listed and is gone, of whichever process: its decision may tell its number on the server. Never rejects. */
  async #lookAtGone({ label, found: { branch }, decision }: RecoveredBranch): Promise<void> {
    if (branch === undefined || (decision !== "committed" && decision !== "rolled back")) return;
    const id = spanningId(branch.store, branch.transaction);
    const context = this.#contexts().get(label);
    if (context === undefined || this.#regular.looksAfter(id)) return;
    try {
      const native = await this.#decisions.nativeOf(id, branch);
      await this.#heuristics.look(context, id, native, decision, askMs);
    } catch {
      // Whoever knows its number could not be asked.
    }
  }

  #recoverable(labels: readonly string[] | undefined): readonly RecoverableLabel[] {
    const contexts = [...this.#contexts().values()].filter(
      (it) => canPrepare(it) && (labels === undefined || labels.includes(it.database)),
    );
    return contexts.map((context) => ({
      label: context.database,
      engine: context.engine,
      list: () => listBranches(context, askMs),
      finish: (branch, end) => finishBranch(context, branch, end, finishMs),
    }));
  }

  /** What is prepared, and what is known of it; and what somebody was seen to have finished against the decision. Changes nothing. */
  async inDoubt(): Promise<readonly InDoubt[]> {
    const { ofBranch } = this.#decisions;
    const [own, members] = await Promise.all([
      listInDoubt(this.#recoverable(undefined), ofBranch),
      this.#members.inDoubt(ofBranch),
    ]);
    const isTold = new Set(own.filter(({ identifier }) => identifier === undefined).map(({ label }) => label));
    const others = members.filter(({ label, key }) => key !== undefined || !isTold.has(label));
    return [...own, ...others, ...this.#heuristics.last];
  }

  /** What was decided over a transaction. @throws TransactionStateError where no database here keeps its store */
  outcome(id: string): Promise<Verdict> {
    return this.#decisions.outcome(id);
  }

  /** Decides by hand what nobody has decided, and ends every branch of it that can be reached; of others none. */
  async resolve(id: string, end: "commit" | "rollback"): Promise<RecoveryRound> {
    await this.#decisions.decide(id, end);
    const isMeant = (it: Branch | undefined) => it !== undefined && spanningId(it.store, it.transaction) === id;
    const { branches, unreachable } = await this.recover(undefined, isMeant);
    return { branches: branches.filter(({ found }) => isMeant(found.branch)), unreachable };
  }
}
