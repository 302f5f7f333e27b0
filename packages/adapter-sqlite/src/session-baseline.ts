import { quoteIdentifier } from "./dialect.ts";
import { type NativeDatabase, readRows } from "./native.ts";

/** The settings that belong to a connection and can be read and put back (https://sqlite.org/pragma.html). */
const settings = [
  "analysis_limit",
  "automatic_index",
  "busy_timeout",
  "cache_size",
  "cache_spill",
  "cell_size_check",
  "checkpoint_fullfsync",
  "defer_foreign_keys",
  "foreign_keys",
  "fullfsync",
  "ignore_check_constraints",
  "journal_size_limit",
  "legacy_alter_table",
  "locking_mode",
  "max_page_count",
  "mmap_size",
  "query_only",
  "read_uncommitted",
  "recursive_triggers",
  "reverse_unordered_selects",
  "secure_delete",
  "synchronous",
  "temp_store",
  "trusted_schema",
  "wal_autocheckpoint",
  "writable_schema",
] as const;

/** What a connection was like before somebody changed it, taken no sooner than somebody may. */
export class SessionBaseline {
  readonly #native: NativeDatabase;
  #settings: ReadonlyMap<string, unknown> | undefined;
  #attached: ReadonlySet<string> | undefined;
  #touched = false;

  constructor(native: NativeDatabase) {
    this.#native = native;
  }

  /** Somebody may have made temporary tables. */
  touch(): void {
    this.#touched = true;
  }

  /** Somebody is about to change settings or to attach databases. */
  take(): void {
    this.#touched = true;
    this.#settings ??= new Map(settings.map((name) => [name, this.#read(name)]));
    this.#attached ??= new Set(this.#databases());
  }

  /** Puts settings back, drops temporary tables, detaches databases. Outside a transaction. Says whether there was anything to do. */
  restore(): boolean {
    if (!this.#touched) return false;
    this.#touched = false;
    for (const [name, value] of this.#settings ?? []) {
      if (value !== undefined && this.#read(name) !== value) this.#native.exec(`PRAGMA ${name} = ${String(value)}`);
    }
    this.#dropTemporary();
    if (this.#attached !== undefined) {
      for (const name of this.#databases()) {
        if (!this.#attached.has(name)) this.#native.exec(`DETACH ${quoteIdentifier(name)}`);
      }
    }
    return true;
  }

  #read(name: string): unknown {
    return readRows(this.#native, `PRAGMA ${name}`)[0]?.[0];
  }

  #databases(): readonly string[] {
    return readRows(this.#native, "SELECT name FROM pragma_database_list WHERE name NOT IN ('main', 'temp')").map(
      ([name]) => String(name),
    );
  }

  #dropTemporary(): void {
    const objects = readRows(
      this.#native,
      // Triggers first, because they may be on tables that stay; views before the tables below them. Indexes go with their tables.
      `SELECT type, name FROM temp.sqlite_schema
       WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite@_%' ESCAPE '@'
       ORDER BY type = 'trigger' DESC, type DESC`,
    );
    for (const [type, name] of objects) this.#native.exec(`DROP ${String(type)} temp.${quoteIdentifier(String(name))}`);
  }
}
