import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { EngineFates } from "./engine-fates.ts";
import { EngineSession } from "./engine-session.ts";

/** A small SQL database on the SQLite that comes with Node, for tests: sessions, transactions, locks, procedures. */
export class EngineDatabase {
  /** Locks that sessions hold by name. */
  readonly locks = new Map<string, EngineSession>();
  /** The table that each procedure inserts into, by the procedure's name. */
  readonly procedures = new Map<string, string>();
  /** What became of each transaction that has written. */
  readonly fates = new EngineFates();
  readonly #sessions = new Set<EngineSession>();
  #directory: string | undefined;

  /** Opens a session. The first one creates the database. */
  open(): EngineSession {
    const first = this.#directory === undefined;
    this.#directory ??= mkdtempSync(join(tmpdir(), "mdb-engine-"));
    // Asked for by name and only when needed: bundlers rewrite imports of it, and older Node versions warn when it loads.
    const { DatabaseSync: Database } = process.getBuiltinModule("node:sqlite");
    const handle: DatabaseSync = new Database(join(this.#directory, "engine.db"), { timeout: 0 });
    if (first) handle.exec("pragma journal_mode = wal");
    handle.exec("pragma synchronous = off");
    const session = new EngineSession(this, handle, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    return session;
  }

  /** Ends every session and removes the file. */
  close(): void {
    for (const session of this.#sessions) session.close();
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
    this.#directory = undefined;
  }
}
