import type { DatabaseSync } from "node:sqlite";
import type { Isolation } from "@nsj/mdb-core";
import { EngineError } from "./engine-error.ts";

const defaults: Readonly<Record<string, string>> = {
  application: "",
  role: "owner",
  durability: "on",
  lock_timeout: "5000",
  statement_timeout: "Infinity",
};

const othersText = "select count(*) as n from pragma_database_list where name not in ('main', 'temp')";

/** The session that settings belong to. */
interface SettingsOwner {
  readonly id: string;
  /** The level of the open transaction, or the one that the next would have. */
  readonly isolation: Isolation;
}

/**
 * What belongs to one session outside any transaction, and the SQL functions to get at it: `setting(name)`, `set_setting(name, value)`,
 * `set_local(name, value)` until the transaction ends, `take_lock(name)`, `holds_lock(name)`, `listen(channel)`, `listening(channel)`,
 * `session_id()`, `current_isolation()`. The setting `durability` is `"on"` in a transaction that decides.
 */
export class EngineSettings {
  readonly #session: SettingsOwner;
  /** The session's id by the lock's name, of all sessions. */
  readonly #locks: Map<string, string>;
  #handle: DatabaseSync;
  #values: Record<string, string> = { ...defaults };
  /** Values that end with the transaction. */
  #local: Record<string, string> = {};
  readonly #channels = new Set<string>();
  #changed = false;

  constructor(session: SettingsOwner, locks: Map<string, string>, handle: DatabaseSync) {
    this.#session = session;
    this.#locks = locks;
    this.#handle = handle;
    this.attach(handle);
  }

  /** The session goes on with another handle. */
  attach(handle: DatabaseSync): void {
    const session = this.#session;
    const locks = this.#locks;
    this.#handle = handle;
    handle.function("setting", (name) => this.#value(String(name)) ?? null);
    handle.function("set_setting", (name, value) => {
      this.#changed = true;
      this.#values[String(name)] = String(value);
      return String(value);
    });
    handle.function("set_local", (name, value) => {
      this.#local[String(name)] = String(value);
      return String(value);
    });
    handle.function("take_lock", (name) => {
      this.#changed = true;
      const free = this.#isFree(String(name));
      if (free) locks.set(String(name), session.id);
      return free ? 1 : 0;
    });
    handle.function("holds_lock", (name) => (locks.get(String(name)) === session.id ? 1 : 0));
    handle.function("listen", (channel) => {
      this.#changed = true;
      this.#channels.add(String(channel));
      return 1;
    });
    handle.function("listening", (channel) => (this.#channels.has(String(channel)) ? 1 : 0));
    handle.function("session_id", () => session.id);
    handle.function("current_isolation", () => session.isolation);
  }

  milliseconds(name: "lock_timeout" | "statement_timeout"): number {
    return Number(this.#value(name));
  }

  /** Something of the session is changed that these functions do not see. */
  touch(): void {
    this.#changed = true;
  }

  /** Says whether the session was changed since this was asked last. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  /** Until the transaction ends. */
  setLocal(name: string, value: string): void {
    this.#local[name] = value;
  }

  /** Whether something of SQLite's own session is there that a prepared transaction could not take with it. */
  get hasOwnObjects(): boolean {
    const count = (text: string) => Number(this.#handle.prepare(text).get()?.["n"]);
    return count("select count(*) as n from sqlite_temp_schema") + count(othersText) > 0;
  }

  /** Values that hold until the transaction, or the statement outside one, ends. */
  useLocally(values: Readonly<Record<string, string>>): void {
    if (values["role"] === "nobody") throw new EngineError("OTHER", "there is no such role");
    this.#local = { ...this.#local, ...values };
  }

  transactionEnded(): void {
    this.#local = {};
  }

  /** Default settings, no locks, no listeners, no temporary objects, no other databases. */
  reset(): void {
    this.#values = { ...defaults };
    this.#local = {};
    this.#channels.clear();
    this.releaseLocks();
    const objects = this.#handle.prepare("select type, name from sqlite_temp_schema where type in ('table', 'view')");
    for (const { type, name } of objects.all()) this.#handle.exec(`drop ${String(type)} temp."${String(name)}"`);
    const others = this.#handle.prepare("select name from pragma_database_list where name not in ('main', 'temp')");
    for (const { name } of others.all()) this.#handle.exec(`detach "${String(name)}"`);
    this.#handle.exec("pragma recursive_triggers = off");
    this.#changed = false;
  }

  releaseLocks(): void {
    for (const [name, holder] of this.#locks) {
      if (holder === this.#session.id) this.#locks.delete(name);
    }
  }

  #value(name: string): string | undefined {
    return this.#local[name] ?? this.#values[name];
  }

  #isFree(name: string): boolean {
    const holder = this.#locks.get(name);
    return holder === undefined || holder === this.#session.id;
  }
}
