import type { CloseOptions } from "../pool/index.ts";
import type { Database, DatabaseLife } from "./database.ts";
import type { Health } from "./health.ts";

/** A member of a routed database, in use until `end` is called. */
export interface Entered {
  readonly database: Database;
  /** The use is over. Called once. */
  end(): void;
}

/** A member that is not there yet. */
export interface Entering {
  /** Settles when it is there, or cannot be had; one that arrives after `leave` is ended by the router. */
  readonly entered: Promise<Entered>;
  /** The caller does not wait any longer. */
  leave(): void;
}

/**
 * Finds, for each call on a {@link RoutedDatabase}, the member that it is meant for. What an extension implements whose label stands for many
 * databases.
 */
export interface Router extends DatabaseLife {
  /**
   * The key of the member that the calling code means: transactions are joined by label and key. Called first in every call, synchronously, in the
   * caller's async context. What it throws is what the caller gets.
   */
  key(): string;
  /** Whether `close` was called. */
  readonly closed: boolean;
  /**
   * The member of a key. It stays open, whatever happens, until its `end` is called. At once where it is open already.
   */
  enter(key: string): Entered | Entering;
  /** Opens what has to be open. */
  connect(): Promise<void>;
  /** Replaces the connections of every member that is open. */
  evict(): void;
  /** Asks those that are open for a sign of life. Never rejects. */
  health(timeoutMs: number): Promise<Health>;
  /** Ends new work at once, running work at the deadline. */
  close(options: CloseOptions): Promise<void>;
}
