import { systemClock } from "../driver/index.ts";
import { ParameterError, UnsupportedError } from "../errors/index.ts";
import {
  type BranchesInDoubt,
  Coordinator,
  checkLabels,
  type DatabaseContext,
  type ExecutorInternals,
  type InDoubt,
  internalsOf,
  newTally,
  prepareStore,
  type RecoveryOptions,
  type RecoveryRound,
  type SpanningOptions,
  storeDdl,
  type Transaction,
  type Verdict,
} from "../session/index.ts";
import type { Database } from "./database.ts";
import { withMembers } from "./members-of-transaction.ts";
import type { Environment } from "./open-database.ts";

/** The transactions of a callback over several databases, by label. */
export type SpanningTransactions<Label extends string> = { readonly [Key in Label]: Transaction };

/** How long one statement on the tables of decisions may take, in milliseconds. */
const storeLimitMs = 30_000;

/** What a manager does over several of its databases at once: see docs/several-databases.md. All of it may be called concurrently. */
export abstract class SpanningManager<Label extends string> {
  readonly #coordinator: Coordinator;
  /** What its databases count together. */
  protected readonly tally = newTally();

  constructor({ clock, random, recovery = {} }: Environment & { readonly recovery?: RecoveryOptions | undefined }) {
    this.#coordinator = new Coordinator({
      contexts: () => this.#contexts(),
      clock: clock ?? systemClock,
      random: random ?? Math.random,
      recovery,
      manager: this.number,
    });
  }

  /** Tells this manager apart from others of the process, in events. */
  get number(): number {
    return this.tally.manager;
  }

  /** What can keep branches and decisions. Which database a label of many means is known to the calling code only. */
  #contexts(): ReadonlyMap<string, DatabaseContext> {
    const contexts = [...this.opened()].map(([label, database]) => [label, contextOf(database)] as const);
    return new Map(contexts.filter(([, context]) => context.isRouted !== true));
  }

  /** For what needs to be found again by its label. @throws UnknownDatabaseError; UnsupportedError for a label that stands for many databases */
  #ownContextOf(label: Label): DatabaseContext {
    const context = contextOf(this.database(label));
    if (context.isRouted !== true) return context;
    const { database, engine } = context;
    const message = `"${database}" (${engine}) stands for many databases: it keeps no decisions, and what its members leave prepared is found in the labels whose pools they share`;
    throw new UnsupportedError(message, { database, engine });
  }

  /** The databases at this moment, by label. */
  protected abstract opened(): ReadonlyMap<string, Database>;

  /** @throws UnknownDatabaseError */
  abstract database(label: Label): Database;

  /** @throws ParameterError, UnknownDatabaseError; UnsupportedError for a label that stands for many databases, where a crash could leave something */
  protected async transactionOver<R>(
    labels: readonly Label[],
    work: (transactions: SpanningTransactions<Label>) => Promise<R>,
    options: SpanningOptions = {},
  ): Promise<R> {
    checkLabels(labels);
    const databases = labels.map((label) => this.database(label));
    const run = (contexts: readonly DatabaseContext[], left: SpanningOptions): Promise<R> =>
      this.#coordinator.transaction(contexts, (handles) => work(handles as SpanningTransactions<Label>), left);
    const contexts = databases.map(contextOf);
    return contexts.some(({ isRouted }) => isRouted === true)
      ? withMembers(databases, contexts, options, run)
      : run(contexts, options);
  }

  protected startRecovery(): void {
    this.#coordinator.start();
  }

  /** See {@link DatabaseStats}. */
  protected leftIn(label: string): BranchesInDoubt | undefined {
    return this.#coordinator.leftIn(label);
  }

  protected stopRecovery(): Promise<void> {
    return this.#coordinator.stop();
  }

  /**
   * Creates the two tables in which a database keeps decisions over transactions that span it and others; what is there already stays. Never
   * called by the library itself. Gives the store's name. May be called again.
   * @throws UnsupportedError for a database in memory, and for a label that stands for many; what the server says to whoever may not create tables
   */
  async prepareStore(label: Label): Promise<string> {
    return prepareStore(this.#ownContextOf(label), storeLimitMs);
  }

  /** The statements of {@link prepareStore}, for whoever may create tables, with a new name for the store. Nothing is sent. */
  storeDdl(label: Label): readonly string[] {
    return storeDdl(this.#ownContextOf(label));
  }

  /**
   * Looks for what transactions over several databases have left prepared, asks for the decision over each, decides "rolled back" where there is none, and
   * ends it. Safe at any time, from any process, beside running transactions: one that has prepared and not yet decided is rolled back by it. Never rejects
   * for what cannot be reached: that is in the answer.
   * @param options - `labels`: only in these
   * @throws UnsupportedError for a label that stands for many: what they have left is found in the labels whose pools they share
   */
  async recover({ labels }: { readonly labels?: readonly Label[] } = {}): Promise<RecoveryRound> {
    for (const label of labels ?? []) this.#ownContextOf(label);
    return this.#coordinator.recover(labels);
  }

  /** Everything that is prepared in the databases of this manager, with what is known of its decision. Changes nothing, and never rejects. */
  inDoubt(): Promise<readonly InDoubt[]> {
    return this.#coordinator.inDoubt();
  }

  /**
   * Decides by hand over a transaction that nobody has decided, and ends its branches; those of others stay as they are. For an administrator who knows better than recovery, which
   * would roll it back.
   * @param id - from `inDoubt()`, or `transactionId` of an error
   * @throws ParameterError without `force: true`; TransactionStateError when it is decided already, or its store is not to be found
   */
  async resolve(id: string, end: "commit" | "rollback", options: { readonly force: true }): Promise<RecoveryRound> {
    if (options?.force !== true || (end !== "commit" && end !== "rollback")) {
      throw new ParameterError(
        'resolve() decides over the data of several databases by hand: say "commit" or "rollback", and { force: true }',
      );
    }
    return this.#coordinator.resolve(id, end);
  }

  /**
   * What was decided over a transaction, after a `CommitOutcomeUnknownError` that has a `transactionId`. `"undecided"`: nobody has written a decision, or
   * it was forgotten after the time for which decisions are kept.
   * @throws TransactionStateError when its store is not to be found
   */
  outcome(id: string): Promise<Verdict> {
    return this.#coordinator.outcome(id);
  }
}

function contextOf(database: Database): DatabaseContext {
  return (internalsOf(database) as ExecutorInternals).context;
}
