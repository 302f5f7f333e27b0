import { AsyncLocalStorage } from "node:async_hooks";
import {
  type DatabaseManager,
  type LabelOf,
  RoutedDatabase,
  type Session,
  SessionClosedError,
  type SessionOptions,
} from "@nsj/mdb-core";

/**
 * The sessions of one request: one for each label, made when it is first asked for, and rolled back at the end unless committed. So a
 * request that touches two of five databases holds two connections, and only while it works.
 */
export class RequestSessions<Databases extends DatabaseManager = DatabaseManager> implements AsyncDisposable {
  readonly #manager: DatabaseManager;
  readonly #options: SessionOptions;
  readonly #within: <R>(work: () => R) => R;
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #made: { readonly session: Session; readonly inContext: <R>(work: () => R) => R }[] = [];
  #closing: Promise<void> | undefined;

  /**
   * @param options - of every session. Their `signal` is the client's: when it aborts, running statements are stopped on the server, and
   * nothing of theirs is kept.
   * @param within - runs what makes a session; for scopes of the request that its code may have lost. Default: where it is asked for
   */
  constructor(manager: Databases, options: SessionOptions = {}, within?: <R>(work: () => R) => R) {
    this.#manager = manager;
    this.#options = options;
    this.#within = within ?? ((work) => work());
  }

  /**
   * The session of a label; the same one each time. Nothing is sent before its first statement.
   * @throws UnknownDatabaseError for a label that does not exist
   * @throws SessionClosedError once the request is over
   */
  session(label: LabelOf<Databases>): Promise<Session> {
    if (this.#closing !== undefined) {
      const message = `${label}: the request is over, and its sessions with it; take one of your own with withSession()`;
      return Promise.reject(new SessionClosedError(message, { database: label }));
    }
    let session = this.#sessions.get(label);
    if (session === undefined) {
      session = this.#begin(label);
      this.#sessions.set(label, session);
      // One that could not be made, outside of its tenant's scope for example, is made when it is asked for again.
      session.catch(() => this.#sessions.delete(label));
    }
    return session;
  }

  async #begin(label: string): Promise<Session> {
    // A label of its own needs no scope, and may be asked for in any.
    const isRouted = this.#manager.database(label) instanceof RoutedDatabase;
    return isRouted ? this.#within(() => this.#make(label)) : this.#make(label);
  }

  async #make(label: string): Promise<Session> {
    // What runs when it is rolled back belongs to this request, whoever ends it.
    const inContext = AsyncLocalStorage.snapshot();
    const session = await this.#manager.getSession(label, this.#options);
    this.#made.push({ session, inContext });
    if (this.#closing !== undefined) await session.close();
    return session;
  }

  /**
   * Ends the request: its sessions refuse everything from this call on, and what was not committed is rolled back. Resolves once every
   * connection is back. Idempotent; never rejects, because a connection that cannot be rolled back is thrown away.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Called at once, before anything is awaited: a commit that comes after this must find its session closed.
    await Promise.allSettled(this.#made.map(({ session, inContext }) => inContext(() => session.close())));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
