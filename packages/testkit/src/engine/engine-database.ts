import { EngineSession } from "./engine-session.ts";
import { EngineStore } from "./engine-store.ts";

/** A small SQL database on the SQLite that comes with Node, for tests: sessions, transactions, locks, procedures. */
export class EngineDatabase {
  readonly #store = new EngineStore();
  readonly #sessions = new Set<EngineSession>();

  /** Opens a session. The first one creates the database. */
  open(): EngineSession {
    const session = new EngineSession(this.#store, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    return session;
  }

  /** Ends every session and removes the file. */
  close(): void {
    for (const session of this.#sessions) session.close();
    this.#store.close();
  }
}
