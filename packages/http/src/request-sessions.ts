import {
  type DatabaseManager,
  type LabelOf,
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
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #made: Session[] = [];
  #closing: Promise<void> | undefined;

  /**
   * @param options - of every session. Their `signal` is the client's: when it aborts, running statements are stopped on the server, and
   * nothing of theirs is kept.
   */
  constructor(manager: Databases, options: SessionOptions = {}) {
    this.#manager = manager;
    this.#options = options;
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
      session = this.#make(label);
      this.#sessions.set(label, session);
    }
    return session;
  }

  async #make(label: string): Promise<Session> {
    const session = await this.#manager.getSession(label, this.#options);
    this.#made.push(session);
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
    await Promise.allSettled(this.#made.map((session) => session.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
