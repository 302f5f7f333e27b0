import { fileURLToPath } from "node:url";
import { ConfigurationError, checkOptions, type OptionRules } from "@nsj/mdb-core";
import { type Location, readLocation } from "./location.ts";
import { type DateStorage, dateStorages } from "./stored-dates.ts";

/** How SQLite keeps its journal; see https://sqlite.org/pragma.html#pragma_journal_mode. */
export const journalModes = ["wal", "delete", "truncate", "persist", "memory", "off"] as const;

/** See {@link journalModes}. */
export type JournalMode = (typeof journalModes)[number];

/** How sure SQLite makes that the disk has what was committed; see https://sqlite.org/pragma.html#pragma_synchronous. */
export const synchronousModes = ["full", "extra", "normal", "off"] as const;

/** See {@link synchronousModes}. */
export type SynchronousMode = (typeof synchronousModes)[number];

/** What to say about a SQLite database. The keys that better-sqlite3 has too mean the same here. */
export interface SqliteOptions {
  /**
   * A file's path, taken from the working directory at that moment; `":memory:"` for a database in memory, `""` for a temporary one; a
   * `file:` URL with SQLite's `mode` (`ro`, `rw`, `rwc`, `memory`). A database in memory is one connection, and gone with it.
   */
  readonly filename: string | URL;
  /** Open for reading only; the file must exist. Default `false`. */
  readonly readonly?: boolean;
  /** Do not create the file. Default `false`. */
  readonly fileMustExist?: boolean;
  /**
   * How long SQLite itself may wait for a lock, asleep and with the whole process, in milliseconds. 0 to 50, default 0: waiting without
   * blocking is what `busyTimeoutMs` is for.
   */
  readonly timeout?: number;
  /** The path of another build of better-sqlite3's native part. */
  readonly nativeBinding?: string;
  /** Set on each connection when it opens: `{ cache_size: -64_000 }`. */
  readonly pragmas?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Default `"wal"` for a file that is open for writing: readers and the writer do not block each other. The file keeps the mode. A
   * file system that cannot do it makes connecting fail.
   */
  readonly journalMode?: JournalMode;
  /**
   * `"full"`, the default: what is committed is on the disk, also when the power fails. `"normal"` is several times faster with many small
   * transactions; in WAL mode a power failure may then undo the last of them (the file stays sound, and a crash of the process alone
   * loses nothing). `"off"` may lose the file.
   */
  readonly synchronous?: SynchronousMode;
  /** How long a statement waits for another writer, in milliseconds, without blocking the process; then `LockTimeoutError`. Default 5 000. */
  readonly busyTimeoutMs?: number;
  /**
   * What columns declared as dates or times hold: `"text"`, the default; or numbers, as other programs write them: `"seconds"` or
   * `"milliseconds"` since 1970 in UTC, or `"julian-days"`. A `Date` is stored and compared as that, and numbers are read as that; text is
   * read in any case. Nothing in the file tells which it is, so with `"text"` a number in such a column is an error.
   */
  readonly dates?: DateStorage;
  /** How many prepared statements each connection keeps. Default 200. */
  readonly statementCacheSize?: number;
}

const rules: OptionRules<SqliteOptions> = {
  filename: { type: ["string", "url"], required: true },
  readonly: { type: "boolean" },
  fileMustExist: { type: "boolean" },
  timeout: { type: "count" },
  nativeBinding: { type: "string" },
  pragmas: { type: "object" },
  journalMode: { type: "string", oneOf: journalModes },
  synchronous: { type: "string", oneOf: synchronousModes },
  busyTimeoutMs: { type: "milliseconds" },
  dates: { type: "string", oneOf: dateStorages },
  statementCacheSize: { type: "count" },
};

/** The keys of {@link SqliteOptions}. */
export const sqliteOptionKeys = Object.freeze(Object.keys(rules) as (keyof SqliteOptions & string)[]);

/** Pragmas that have an option of their own, or that the adapter sets by itself. */
const ownOptions: Readonly<Record<string, string>> = {
  journal_mode: 'use "journalMode"',
  busy_timeout: 'use "timeout" and "busyTimeoutMs"',
  query_only: 'use "readonly"',
  synchronous: 'use "synchronous"',
};

/** Options after checking, with nothing left open. */
export interface Settings {
  /** Where; absolute when it is a file. */
  readonly location: Location;
  readonly readonly: boolean;
  readonly fileMustExist: boolean;
  readonly timeout: number;
  readonly nativeBinding: string | undefined;
  /** What sets up a connection, by the name of the pragma. */
  readonly pragmas: ReadonlyMap<string, string>;
  /** `undefined`: leave it as it is. */
  readonly journalMode: JournalMode | undefined;
  readonly synchronous: SynchronousMode;
  readonly busyTimeoutMs: number;
  readonly dates: DateStorage;
  readonly statementCacheSize: number;
}

/** Checks options. @throws ConfigurationError naming the key, what was found and what would be right */
export function readOptions(options: unknown): Settings {
  checkOptions<SqliteOptions>("sqlite", options, rules);
  const { filename, timeout = 0, pragmas = {} } = options;
  if (timeout > 50) {
    refuse(
      "timeout",
      `option "timeout" must be at most 50, not ${timeout}: the whole process sleeps meanwhile; "busyTimeoutMs" is how long to wait without blocking`,
    );
  }
  const { location, mode } = readLocation(filename instanceof URL ? urlPath(filename) : filename);
  const readonly = options.readonly ?? mode === "ro";
  if (readonly && location.kind !== "file") refuse("readonly", "a database in memory cannot be readonly");
  if (readonly && options.journalMode !== undefined) {
    refuse("journalMode", 'option "journalMode" cannot be set on a database that is readonly');
  }
  const journalMode = options.journalMode ?? (location.kind === "file" && !readonly ? "wal" : undefined);
  return Object.freeze({
    location,
    readonly,
    fileMustExist: options.fileMustExist ?? mode === "rw",
    timeout,
    nativeBinding: options.nativeBinding,
    pragmas: new Map(Object.entries(pragmas).map(([name, value]) => [name.toLowerCase(), pragmaText(name, value)])),
    journalMode,
    synchronous: options.synchronous ?? "full",
    busyTimeoutMs: options.busyTimeoutMs ?? 5_000,
    dates: options.dates ?? "text",
    statementCacheSize: options.statementCacheSize ?? 200,
  });
}

function urlPath(url: URL): string {
  if (url.protocol !== "file:")
    refuse("filename", `option "filename" must be a path or a file: URL, not a ${url.protocol} URL`);
  const query = url.search;
  const plain = new URL(url);
  plain.search = "";
  plain.hash = "";
  try {
    // The path may hold characters that a `file:` text would read again, so only the query goes through it.
    return query === "" ? fileURLToPath(plain) : `${plain.href}${query}`;
  } catch {
    return refuse("filename", 'option "filename" is a file: URL that names no file of this machine');
  }
}

function pragmaText(name: string, value: unknown): string {
  const key = `pragmas.${name}`;
  if (!/^[a-z_]+$/i.test(name)) refuse(key, `option "${key}" is not the name of a pragma`);
  const own = ownOptions[name.toLowerCase()];
  if (own !== undefined) refuse(key, `option "${key}" cannot be set here; ${own}`);
  switch (typeof value) {
    case "boolean":
      return `PRAGMA ${name} = ${value ? 1 : 0}`;
    case "number":
      if (Number.isFinite(value)) return `PRAGMA ${name} = ${value}`;
      break;
    case "string":
      return `PRAGMA ${name} = '${value.replaceAll("'", "''")}'`;
    default:
  }
  return refuse(key, `option "${key}" must be a string, a number or true or false`);
}

function refuse(key: string, message: string): never {
  throw new ConfigurationError(`sqlite: ${message}`, { key });
}
