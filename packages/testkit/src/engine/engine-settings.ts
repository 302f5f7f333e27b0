import type { DatabaseSync } from "node:sqlite";
import type { EngineDatabase } from "./engine-database.ts";
import type { EngineSession } from "./engine-session.ts";

const defaults: Readonly<Record<string, string>> = {
  application: "",
  lock_timeout: "5000",
  statement_timeout: "Infinity",
};

/**
 * What belongs to one session outside any transaction, and the SQL functions to get at it: `setting(name)`, `set_setting(name, value)`,
 * `take_lock(name)`, `probe_lock(name)`, `session_id()`, `current_isolation()`.
 */
export class EngineSettings {
  readonly #session: EngineSession;
  readonly #database: EngineDatabase;
  readonly #handle: DatabaseSync;
  #values: Record<string, string> = { ...defaults };

  constructor(session: EngineSession, database: EngineDatabase, handle: DatabaseSync) {
    this.#session = session;
    this.#database = database;
    this.#handle = handle;
    handle.function("setting", (name) => this.#values[String(name)] ?? null);
    handle.function("set_setting", (name, value) => {
      this.#values[String(name)] = String(value);
      return String(value);
    });
    handle.function("take_lock", (name) => {
      const free = this.#isFree(String(name));
      if (free) database.locks.set(String(name), session);
      return free ? 1 : 0;
    });
    handle.function("probe_lock", (name) => (this.#isFree(String(name)) ? 1 : 0));
    handle.function("session_id", () => session.id);
    handle.function("current_isolation", () => session.isolation);
  }

  milliseconds(name: "lock_timeout" | "statement_timeout"): number {
    return Number(this.#values[name]);
  }

  /** Default settings, no locks, no temporary tables. */
  reset(): void {
    this.#values = { ...defaults };
    this.releaseLocks();
    const tables = this.#handle.prepare("select name from sqlite_temp_schema where type = 'table'").all();
    for (const { name } of tables) this.#handle.exec(`drop table temp."${name}"`);
  }

  releaseLocks(): void {
    for (const [name, holder] of this.#database.locks) {
      if (holder === this.#session) this.#database.locks.delete(name);
    }
  }

  #isFree(name: string): boolean {
    const holder = this.#database.locks.get(name);
    return holder === undefined || holder === this.#session;
  }
}
