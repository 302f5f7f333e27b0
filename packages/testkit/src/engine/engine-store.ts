import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { EngineFates } from "./engine-fates.ts";
import { EnginePrepared } from "./engine-prepared.ts";

/** What the sessions of one small engine share: a file of SQLite's, and what that cannot keep for them. */
export class EngineStore {
  /** Locks that sessions hold by name: the session's id by the lock's name. */
  readonly locks = new Map<string, string>();
  /** The table that each procedure inserts into, by the procedure's name. */
  readonly procedures = new Map<string, string>();
  /** Transactions that are prepared. */
  readonly prepared = new EnginePrepared();
  /** What became of each transaction that has written. */
  readonly fates = new EngineFates();
  #directory: string | undefined;

  /** A connection of SQLite's to the file. The first one creates it. */
  newHandle(): DatabaseSync {
    const first = this.#directory === undefined;
    this.#directory ??= mkdtempSync(join(tmpdir(), "mdb-engine-"));
    // Asked for by name and only when needed: bundlers rewrite imports of it, and older Node versions warn when it loads.
    const { DatabaseSync: Database } = process.getBuiltinModule("node:sqlite");
    const handle: DatabaseSync = new Database(join(this.#directory, "engine.db"), { timeout: 0 });
    if (first) handle.exec("pragma journal_mode = wal");
    handle.exec("pragma synchronous = off");
    return handle;
  }

  /** Removes the file, once no session has it open. */
  close(): void {
    this.prepared.close();
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
    this.#directory = undefined;
  }
}
