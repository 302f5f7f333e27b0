import { systemClock } from "../driver/index.ts";
import { ConfigurationError, UnknownDatabaseError } from "../errors/index.ts";
import { nearestName, nearestNames } from "../internal/nearest-name.ts";
import type { CloseOptions, PoolStats } from "../pool/index.ts";
import type {
  HeldTransaction,
  HeldTransactionOptions,
  Session,
  SessionOptions,
  Transaction,
  TransactionOptions,
} from "../session/index.ts";
import { type DatabaseOf, isComposite, openComposite } from "./composite.ts";
import { compositeEnvironment } from "./composite-environment.ts";
import { type AnyDriver, checkDictionary, type DatabaseEntry, readEntry } from "./configuration.ts";
import type { Database } from "./database.ts";
import type { Health } from "./health.ts";
import { healthOfAll } from "./health-of-all.ts";
import { checkNodeVersion } from "./node-version.ts";
import { type Environment, openDatabase } from "./open-database.ts";
import { defaultManager } from "./process-default.ts";
import type { RegisteredLabel } from "./register.ts";

/** So many labels an error names. */
const labelsInError = 5;

/** Labels to databases. */
export type DatabaseEntries = Readonly<Record<string, DatabaseEntry>>;

/** What a manager takes beside its databases. */
export interface ManagerOptions extends Environment {
  /** Drivers for databases that are described by data or URL; not needed for what an adapter's factory gives. */
  readonly drivers?: readonly AnyDriver[];
}

/**
 * The databases of an application, by label. Nothing connects at construction; each connects at its first use, or all at once with
 * `connect()`.
 *
 * The static methods work on the process-wide default that `ConnectionPool.configure()` makes.
 *
 * @throws ConfigurationError at construction, naming the label, the key, what was found and what would be right; also on a Node.js that
 * is older than 22.14
 */
export class DatabaseManager<Entries extends DatabaseEntries = DatabaseEntries> implements AsyncDisposable {
  readonly #databases = new Map<string, Database>();
  readonly #identities = new Map<string, object>();
  readonly #drivers: readonly AnyDriver[];
  readonly #environment: Environment;
  #closing: Promise<void> | undefined;

  constructor(entries: Entries, options: ManagerOptions = {}) {
    checkNodeVersion(process.versions?.node);
    checkDictionary(entries);
    this.#drivers = options.drivers ?? [];
    this.#environment = options;
    for (const [label, entry] of Object.entries(entries)) this.#add(label, entry);
  }

  /** The labels, in the order of their registration. */
  get labels(): readonly string[] {
    return [...this.#databases.keys()];
  }

  /** The database of a label. @throws UnknownDatabaseError with the five nearest labels, and the one that was probably meant */
  database<Label extends keyof Entries & string>(label: Label): DatabaseOf<Entries[Label]> {
    const database = this.#databases.get(label);
    if (database === undefined) throw this.#unknown(label);
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

  /** See {@link Database.transaction}. */
  async transaction<R>(
    label: keyof Entries & string,
    work: (transaction: Transaction) => Promise<R>,
    options?: TransactionOptions,
  ): Promise<R> {
    return this.database(label).transaction(work, options);
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
    const databases = [...this.#databases.values()];
    const outcomes = await Promise.allSettled(databases.map((database) => database.connect()));
    const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    if (errors.length === 0) return;
    const failed = databases.filter((_, index) => outcomes[index]?.status === "rejected").map((it) => `"${it.label}"`);
    throw new AggregateError(
      errors,
      `${failed.length} of ${databases.length} databases did not connect: ${failed.join(", ")}`,
    );
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

  /** The pools' figures, by label. */
  stats(): Readonly<Record<string, PoolStats>> {
    return Object.fromEntries([...this.#databases].map(([label, database]) => [label, database.stats()]));
  }

  /**
   * Asks every database for a sign of life, 16 at a time. Never rejects. All answers are there after `timeoutMs`, 5 000 by default: where there
   * are many, each gets its share of what is left of it.
   */
  health({ timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {}): Promise<Readonly<Record<string, Health>>> {
    return healthOfAll(this.#databases, timeoutMs, this.#environment.clock ?? systemClock);
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
    const closing = [...this.#databases.values()].map((database) => database.close(options));
    const failed = (await Promise.allSettled(closing)).filter((outcome) => outcome.status === "rejected");
    if (failed.length > 0)
      throw new AggregateError(
        failed.map((it) => it.reason),
        "not every database closed cleanly",
      );
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
    if (label === "") throw new ConfigurationError("a label must not be empty");
    if (this.#databases.has(label)) {
      throw new ConfigurationError(`${label}: this label is taken; unregister it first`, { database: label });
    }
    // A label is the same database to whoever is in a transaction on it, also when it is registered anew meanwhile.
    const identity = this.#identities.get(label) ?? {};
    this.#identities.set(label, identity);
    this.#databases.set(label, this.#open(label, entry, identity));
  }

  #open(label: string, entry: DatabaseEntry, identity: object): Database {
    if (isComposite(entry)) {
      const environment = compositeEnvironment(label, this.#environment, identity);
      return entry[openComposite](label, this as unknown as DatabaseManager, environment);
    }
    return openDatabase(label, readEntry(label, entry, this.#drivers), this.#environment, { identity });
  }

  #unknown(label: string): UnknownDatabaseError {
    const { size: labelCount } = this.#databases;
    const all = labelCount <= labelsInError;
    const labels = all ? [...this.#databases.keys()] : nearestNames(label, this.#databases.keys(), labelsInError);
    const suggestion = nearestName(label, labels);
    const hint = suggestion === undefined ? "" : `; did you mean "${suggestion}"?`;
    const listed = labels.map((it) => `"${it}"`).join(", ");
    const some = all ? `there are ${listed}` : `there are ${labelCount}, the nearest are ${listed}`;
    const known = labelCount === 0 ? "none is configured" : some;
    const message = `no database is called "${label}": ${known}${hint}`;
    return new UnknownDatabaseError(message, { labels, labelCount, suggestion });
  }

  /** {@link database} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static database(label: RegisteredLabel): Database {
    return defaultManager().database(label);
  }

  /** {@link getSession} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static async getSession(label: RegisteredLabel, options?: SessionOptions): Promise<Session> {
    return defaultManager().getSession(label, options);
  }

  /** {@link withSession} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static async withSession<R>(
    label: RegisteredLabel,
    work: (session: Session) => Promise<R>,
    options?: SessionOptions,
  ): Promise<R> {
    return defaultManager().withSession(label, work, options);
  }

  /** {@link transaction} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static async transaction<R>(
    label: RegisteredLabel,
    work: (transaction: Transaction) => Promise<R>,
    options?: TransactionOptions,
  ): Promise<R> {
    return defaultManager().transaction(label, work, options);
  }

  /** {@link begin} of the process-wide default. @throws NotConfiguredError before `ConnectionPool.configure()` */
  static async begin(label: RegisteredLabel, options?: HeldTransactionOptions): Promise<HeldTransaction> {
    return defaultManager().begin(label, options);
  }
}
