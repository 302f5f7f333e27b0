import type { Clock, Driver } from "../driver/index.ts";
import type { PoolStats } from "../pool/index.ts";
import type { Database } from "./database.ts";
import type { DatabaseDefinition, DatabaseOptions } from "./definitions.ts";
import type { MemberOptions, SharedMemberOptions } from "./member.ts";
import type { RoutedParts } from "./routed-database.ts";
import type { Router } from "./router.ts";

/** The key of {@link Composite}'s one member; a `Symbol.for` brand, so that any copy of the package knows it. */
export const openComposite: unique symbol = Symbol.for("@nsj/mdb/composite") as never;

/** What a composite is given of its manager, a `DatabaseManager`: the other databases, by label. */
export interface CompositeManager {
  readonly labels: readonly string[];
  /** @throws UnknownDatabaseError */
  database(label: string): Database;
}

/**
 * An entry of a manager that is more than one database: an extension makes what stands behind its label. Core knows no extension; it opens what
 * has this brand, and gives out under the label what came of it.
 */
export interface Composite<D extends Database = Database> {
  /** The engine's name; all databases behind one label are of one engine. */
  readonly engine: string;
  /**
   * Called once for each label that it is registered under, while the manager is made: other labels may come later, so look them up when they are
   * needed. No I/O.
   * @throws ConfigurationError when it cannot be opened there
   */
  [openComposite](label: string, manager: CompositeManager, environment: CompositeEnvironment): D;
}

/** What a manager gives under a label: the composite's own kind of database, with its own methods; a {@link Database} for any other entry. */
export type DatabaseOf<Entry> = Entry extends Composite<infer D> ? D : Database;

/** What of a driver is known before any of its databases is opened. */
export type RoutedDriver = Pick<Driver, "capabilities" | "classify" | "dialect" | "name">;

/** What core does for a composite. Everything made here belongs to its label. */
export interface CompositeEnvironment {
  readonly clock: Clock;
  /** From 0 to below 1, for jitter. */
  readonly random: () => number;
  /**
   * What a {@link RoutedDatabase} is made of: everything that is known of the label before any member is.
   * @throws ConfigurationError when an option is wrong
   */
  routed(
    driver: RoutedDriver,
    router: Router,
    options: Pick<DatabaseOptions, "hookTimeoutMs" | "statementTimeoutMs" | "types"> & {
      readonly stats: () => PoolStats;
    },
  ): RoutedParts;
  /**
   * Opens one of the databases behind the label. Nothing connects. Its owner closes it.
   * @throws ConfigurationError when the definition is wrong
   */
  member(definition: DatabaseDefinition, options: MemberOptions): Database;
  /**
   * How two definitions differ: `"password"` where only a text password does. Functions are taken for equal, since a closure made anew cannot be told
   * from one that has changed.
   */
  compare(one: DatabaseDefinition, other: DatabaseDefinition): "equal" | "password" | "different";
  /** A definition's password, where that is a function; it is for `MemberOptions.password` of a later moment. */
  passwordOf(definition: DatabaseDefinition): (() => unknown) | undefined;
  /** Where a database connects to, for bounds by server. */
  addressOf(database: Database): string;
  /**
   * One of the databases behind the label that lives in the pool of another label, told apart by what travels with each statement and
   * transaction. Closing it closes nothing.
   * @throws UnsupportedError when the engine cannot do what is asked for
   */
  sharedMember(pool: Database, options: SharedMemberOptions): Database;
}

/** Says whether an entry is a composite, of whichever copy of this package. */
export function isComposite(entry: unknown): entry is Composite {
  return typeof entry === "object" && entry !== null && openComposite in entry;
}
