import { systemClock } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import type { CloseOptions } from "../pool/index.ts";
import type {
  HeldTransaction,
  HeldTransactionOptions,
  Session,
  SessionOptions,
  SpanningOptions,
  Transaction,
  TransactionOptions,
} from "../session/index.ts";
import type { DatabaseOf } from "./composite.ts";
import { checkDictionary, type DatabaseEntry } from "./configuration.ts";
import { connectAll } from "./connect-all.ts";
import type { Database } from "./database.ts";
import { type DatabaseStats, statsOf } from "./database-stats.ts";
import type { Health } from "./health.ts";
import { healthOfAll } from "./health-of-all.ts";
import { checkManagerOptions, type ManagerOptions } from "./manager-options.ts";
import { checkNodeVersion } from "./node-version.ts";
import { noteClosed, noteOpen } from "./noted-managers.ts";
import { type EntryFacts, openEntry } from "./open-entry.ts";
import { defaultManager } from "./process-default.ts";
import type { RegisteredLabel } from "./register.ts";
import { SpanningManager, type SpanningTransactions } from "./spanning-manager.ts";
import { checkLabel, unknownDatabase } from "./unknown-database.ts";

/** Labels to databases. */
export type DatabaseEntries = Readonly<Record<string, DatabaseEntry>>;

/**
 * The databases of an application, by label. Nothing connects at construction; each connects at its first use, or all at once with
 * `connect()`.
 *
 * The static methods work on the process-wide default that `ConnectionPool.configure()` makes.
 *
 * @throws ConfigurationError at construction, naming the label, the key, what was found and what would be right; also on a Node.js that
 * is older than 22.14
 */
export class DatabaseManager<Entries extends DatabaseEntries = DatabaseEntries>
  extends SpanningManager<keyof Entries & string>
  implements AsyncDisposable
{
  readonly #databases = new Map<string, Database>();
  readonly #identities = new Map<string, object>();
  readonly #surroundings: Pick<EntryFacts, "drivers" | "environment">;
  #closing: Promise<void> | undefined;

  constructor(entries: Entries, options: ManagerOptions = {}) {
    checkManagerOptions(options);
    super(options);
    checkNodeVersion(process.versions?.node);
    checkDictionary(entries);
    this.#surroundings = { drivers: options.drivers ?? [], environment: { ...options, tally: this.tally } };
    for (const [label, entry] of Object.entries(entries)) this.#add(label, entry);
    noteOpen(this.tally, this);
  }

  /** The labels, in the order of their registration. */
  get labels(): readonly string[] {
    return [...this.#databases.keys()];
  }

  protected override opened(): ReadonlyMap<string, Database> {
    return this.#databases;
  }

  /** The database of a label. @throws UnknownDatabaseError with the five nearest labels, and the one that was probably meant */
  override database<Label extends keyof Entries & string>(label: Label): DatabaseOf<Entries[Label]> {
    const database = this.#databases.get(label);
    if (database === undefined) throw unknownDatabase(label, this.labels);
    return database as DatabaseOf<Entries[Label]>;
  }

  /** See {@link Database.getSession}. */
  async getSession(label: keyof Entries & string, options?: SessionOptions): Promise<Session> {
    return this.database(label).getSession(options);
  }

  /** See {@link Database.withSession}. */
  async withSession<R>(
    label: keyof Entries & string,
    work: (session: Session) => Promise<R>,
    options?: SessionOptions,
  ): Promise<R> {
    return this.database(label).withSession(work, options);
  }

  /**
   * Runs `work` in one transaction over several databases: all commit, or none. Resolved means decided "committed", for good. Each label takes part
   * with its first statement, and statements on the databases join, as in a transaction over one. Atomic is not isolated: see docs/several-databases.md.
   * @throws UnsupportedError, ParameterError, TransactionStateError, UndefinedObjectError where the labels cannot be committed together
   * @throws CommitOutcomeUnknownError when nobody could say in time what was decided; PartialCommitError with `mode: "best-effort"`
   */
  transaction<const Labels extends readonly (keyof Entries & string)[], R>(
    labels: Labels,
    work: (transactions: SpanningTransactions<Labels[number]>) => Promise<R>,
    options?: SpanningOptions<Labels[number]>,
  ): Promise<R>;
  /** See {@link Database.transaction}. */
  transaction<R>(
    label: keyof Entries & string,
    work: (transaction: Transaction) => Promise<R>,
    options?: TransactionOptions,
  ): Promise<R>;
  async transaction(
    labels: (keyof Entries & string) | readonly (keyof Entries & string)[],
    work: (transactions: never) => Promise<unknown>,
    options?: object,
  ): Promise<unknown> {
    if (typeof labels !== "string") return this.transactionOver(labels, work as never, options);
    return this.database(labels).transaction(work as (transaction: Transaction) => Promise<unknown>, options);
  }

  /** See {@link Database.begin}. */
  async begin(label: keyof Entries & string, options?: HeldTransactionOptions): Promise<HeldTransaction> {
    return this.database(label).begin(options);
  }

  /**
   * Opens and checks every database at once.
   * @throws AggregateError with one error for each database that failed, each with its label
   */
  async connect(): Promise<void> {
    this.startRecovery();
    await connectAll([...this.#databases.values()]);
  }

  /**
   * Adds a database while running. Gives this manager, typed with the new label too.
   * @throws ConfigurationError when the label is taken or the definition is wrong
   */
  register<Label extends string, Entry extends DatabaseEntry>(
    label: Label,
    entry: Entry,
  ): DatabaseManager<Entries & Readonly<Record<Label, Entry>>> {
    this.#add(label, entry);
    return this as unknown as DatabaseManager<Entries & Readonly<Record<Label, Entry>>>;
  }

  /** Removes a database and closes it; for running work see {@link close}. */
  async unregister(label: keyof Entries & string, options?: CloseOptions): Promise<void> {
    const database = this.database(label);
    this.#databases.delete(label);
    await database.close(options);
  }

  /** The pools' figures, by label, and what recovery has seen prepared there. Nobody is asked. */
  stats(): Readonly<Record<string, DatabaseStats>> {
    return Object.fromEntries([...this.#databases].map(([label, it]) => [label, statsOf(it, this.leftIn(label))]));
  }

  /**
   * Asks every database for a sign of life, 16 at a time. Never rejects. All answers are there after `timeoutMs`, 5 000 by default: where there
   * are many, each gets its share of what is left of it.
   */
  health({ timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {}): Promise<Readonly<Record<string, Health>>> {
    return healthOfAll(this.#databases, timeoutMs, this.#surroundings.environment.clock ?? systemClock);
  }

  /**
   * Stops new work on every database, lets running work finish until the deadline, then cuts it and closes every connection. Afterwards
   * every call gets `PoolClosedError`, and nothing of ours keeps the process alive. Safe to call twice.
   */
  close(options?: CloseOptions): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  async #close(options: CloseOptions | undefined): Promise<void> {
    noteClosed(this.tally);
    const recovery = this.stopRecovery();
    const closing = Promise.allSettled([...this.#databases.values()].map((database) => database.close(options)));
    // What recovery still asks for is refused by the pools, so it ends with them.
    await recovery;
    const errors = (await closing).flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    if (errors.length > 0) throw new AggregateError(errors, "not every database closed cleanly");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Shows labels and engines in a log line, and no credential. */
  toJSON(): Readonly<Record<string, Database>> {
    return Object.fromEntries(this.#databases);
  }

  #add(label: string, entry: DatabaseEntry): void {
    if (this.#closing !== undefined)
      throw new ConfigurationError(`${label}: the manager is closed`, { database: label });
    checkLabel(label);
    if (this.#databases.has(label)) {
      throw new ConfigurationError(`${label}: this label is taken; unregister it first`, { database: label });
    }
    // A label is the same database to whoever is in a transaction on it, also when it is registered anew meanwhile.
    const identity = this.#identities.get(label) ?? {};
    this.#identities.set(label, identity);
    this.#databases.set(label, openEntry(label, entry, { ...this.#surroundings, manager: this, identity }));
  }

  /** {@link database} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static database(label: RegisteredLabel): Database {
    return defaultManager<DatabaseManager>().database(label);
  }

  /** {@link getSession} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static async getSession(label: RegisteredLabel, options?: SessionOptions): Promise<Session> {
    return defaultManager<DatabaseManager>().getSession(label, options);
  }

  /** {@link withSession} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static async withSession<R>(
    label: RegisteredLabel,
    work: (session: Session) => Promise<R>,
    options?: SessionOptions,
  ): Promise<R> {
    return defaultManager<DatabaseManager>().withSession(label, work, options);
  }

  /** {@link transaction} of the process-wide default. */
  static transaction<const Labels extends readonly RegisteredLabel[], R>(
    labels: Labels,
    work: (transactions: SpanningTransactions<Labels[number]>) => Promise<R>,
    options?: SpanningOptions<Labels[number]>,
  ): Promise<R>;
  /** {@link transaction} of the process-wide default. */
  static transaction<R>(
    label: RegisteredLabel,
    work: (transaction: Transaction) => Promise<R>,
    options?: TransactionOptions,
  ): Promise<R>;
  static async transaction(labels: never, work: never, options?: object): Promise<unknown> {
    return defaultManager<DatabaseManager>().transaction(labels, work, options);
  }

  /** {@link begin} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static async begin(label: RegisteredLabel, options?: HeldTransactionOptions): Promise<HeldTransaction> {
    return defaultManager<DatabaseManager>().begin(label, options);
  }
}
