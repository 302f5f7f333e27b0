import { systemClock } from "../driver/index.ts";
import { ParameterError, UnsupportedError } from "../errors/index.ts";
import {
  type BranchesInDoubt,
  Coordinator,
  checkLabels,
  checkWork,
  type DatabaseContext,
  type EnteredMember,
  type ExecutorInternals,
  type InDoubt,
  internalsOf,
  newTally,
  noSpanningOptions,
  prepareStore,
  type RecoveryOptions,
  type RecoveryRound,
  type SpanningOptions,
  storeDdl,
  type Transaction,
  type Verdict,
} from "../session/index.ts";
import type { Database } from "./database.ts";
import { noMember, withMembers } from "./members-of-transaction.ts";
import type { Environment } from "./open-database.ts";
import { enterMember, type RoutedDatabase } from "./routed-database.ts";
import { unknownDatabase } from "./unknown-database.ts";

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
      hasMembers: () => [...this.opened().values()].some((it) => contextOf(it).isRouted === true),
      enterMember: (label, key, limitMs) => this.#enterMember(label, key, limitMs),
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

  /** Opens one of the databases behind a label, whoever asks. */
  async #enterMember(label: string, key: string, timeoutMs: number): Promise<EnteredMember> {
    const database = this.opened().get(label);
    if (database === undefined) throw unknownDatabase(label, [...this.opened().keys()]);
    const entered = await (database as Partial<Pick<RoutedDatabase, typeof enterMember>>)[enterMember]?.({
      timeoutMs,
      key,
    });
    if (entered === undefined) throw noMember(contextOf(database));
    return { context: contextOf(entered.database), end: () => entered.end() };
  }

  /** For what needs to be found again by its label. @throws UnknownDatabaseError; UnsupportedError for a label that stands for many databases */
  #ownContextOf(label: Label): DatabaseContext {
    const context = contextOf(this.database(label));
    if (context.isRouted !== true) return context;
    const { database, engine } = context;
    const message = `"${database}" (${engine}) stands for many databases: it keeps no decisions`;
    throw new UnsupportedError(message, { database, engine });
  }

  /** The databases at this moment, by label. */
  protected abstract opened(): ReadonlyMap<string, Database>;

  /** @throws UnknownDatabaseError */
  abstract database(label: Label): Database;

  /** @throws ParameterError, UnknownDatabaseError; UnsupportedError for a label of many databases on an engine that cannot prepare */
  protected async transactionOver<R>(
    labels: readonly Label[],
    work: (transactions: SpanningTransactions<Label>) => Promise<R>,
    options: SpanningOptions = noSpanningOptions,
  ): Promise<R> {
    checkLabels(labels);
    checkWork(undefined, work);
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
   * Creates the three tables in which a database keeps decisions over transactions that span it and others; what is there already stays. Never
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
   * for what cannot be reached: that is in the answer. Of a label that stands for many databases it opens those in which a transaction may have left something.
   * @param options - `labels`: only in these; what lies in another label's pool is found under that
   * @throws UnknownDatabaseError
   */
  async recover({ labels }: { readonly labels?: readonly Label[] } = {}): Promise<RecoveryRound> {
    for (const label of labels ?? []) this.database(label);
    return this.#coordinator.recover(labels);
  }

  /**
   * Everything that is prepared in the databases of this manager, with what is known of its decision. Of labels that stand for many it opens those in which a
   * transaction may have left something, or is running. Changes nothing, and never rejects.
   */
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
