import { quoteIdentifier } from "./dialect.ts";
import { type NativeDatabase, readRows } from "./native.ts";

/**
 * The settings that belong to a connection and can be read and put back (https://sqlite.org/pragma.html). One that ends with its
 * transaction, `defer_foreign_keys`, is none of them.
 */
const settings = [
  "analysis_limit",
  "automatic_index",
  "busy_timeout",
  "cache_size",
  "cache_spill",
  "cell_size_check",
  "checkpoint_fullfsync",
  "foreign_keys",
  "fullfsync",
  "ignore_check_constraints",
  "journal_mode",
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
  "threads",
  "trusted_schema",
  "wal_autocheckpoint",
  "writable_schema",
] as const;

/** What a connection is like, as text that can be compared. */
type Looks = string;

/**
 * What a connection was like before somebody changed it, taken no sooner than somebody may; and whether the borrower of this moment has
 * left it otherwise than he found it.
 */
export class SessionBaseline {
  readonly #native: NativeDatabase;
  #settings: ReadonlyMap<string, unknown> | undefined;
  #attached: ReadonlySet<string> | undefined;
  #touched = false;
  /** What this borrower found; absent as long as he has run nothing that could change it. */
  #found: Looks | undefined;

  constructor(native: NativeDatabase) {
    this.#native = native;
  }

  /** Somebody is about to change tables, temporary ones perhaps. */
  touch(): void {
    this.#touched = true;
    this.#found ??= this.#looks();
  }

  /** Somebody is about to change settings or to attach databases. */
  take(): void {
    this.touch();
    this.#settings ??= new Map(settings.map((name) => [name, this.#read(name)]));
    this.#attached ??= new Set(this.#databases());
  }

  /** Whether something is otherwise than the borrower found it. Compared when it is asked, so that nobody pays who changes nothing. */
  get differs(): boolean {
    if (this.#found === undefined) return false;
    try {
      const differs = this.#looks() !== this.#found;
      // Looked at once: whoever changes something after this looks first.
      if (!differs) this.#found = undefined;
      return differs;
    } catch {
      // Locked, for example: what cannot be seen may be anything.
      return true;
    }
  }

  /** What there is now is how the next borrower is to find it. */
  accept(): void {
    this.#found = undefined;
  }

  /** Puts settings back, drops temporary tables, detaches databases. Outside a transaction. Says whether there was anything to do. */
  restore(): boolean {
    if (!this.#touched) return false;
    this.#touched = false;
    for (const [name, value] of this.#settings ?? []) {
      const now = this.#read(name);
      if (value === undefined || now === value || isOfFile(name, value, now)) continue;
      this.#native.exec(`PRAGMA ${name} = ${String(value)}`);
    }
    this.#dropTemporary();
    if (this.#attached !== undefined) {
      for (const name of this.#databases()) {
        if (!this.#attached.has(name)) this.#native.exec(`DETACH ${quoteIdentifier(name)}`);
      }
    }
    return true;
  }

  #looks(): Looks {
    const values = settings.map((name) => this.#read(name));
    const objects = readRows(this.#native, "SELECT type, name, sql FROM temp.sqlite_schema");
    return JSON.stringify([values, this.#databases(), objects], (_, value: unknown) =>
      typeof value === "bigint" ? `${value}n` : value,
    );
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

/** WAL mode is a property of the file, so whoever turns it on or off means it; the other modes are the connection's. */
function isOfFile(name: string, ...values: readonly unknown[]): boolean {
  return name === "journal_mode" && values.includes("wal");
}
