import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock, DriverFault, ErrorKind, OperationContext } from "@nsj/mdb-core";
import { SqliteConnection } from "./connection.ts";
import { classify, isBusy } from "./errors.ts";
import { openFailure, unsupported } from "./failure.ts";
import { type FileState, joinFile, leaveFile } from "./file-state.ts";
import { type NativeDatabase, openNative, readRows } from "./native.ts";
import { OpenedFile } from "./opened-file.ts";
import type { Settings } from "./options.ts";
import { Patience, refuseLate } from "./patience.ts";

/** Opens one connection and sets it up. @throws what says why it cannot be opened; nothing stays open then */
export async function openConnection(
  settings: Settings,
  context: OperationContext,
  clock: Clock,
): Promise<SqliteConnection> {
  const native = openDatabase(settings, context, clock);
  let file: { readonly path: string; readonly state: FileState } | undefined;
  let opened: OpenedFile | undefined;
  try {
    // At once: the first statements may wait for a lock.
    if (settings.location.kind === "file") opened = new OpenedFile(settings.location.path);
    await setUp(native, settings, context, clock);
    file = joinOf(settings);
  } catch (error) {
    native.close();
    throw describe(error, settings);
  }
  return new SqliteConnection({
    native,
    file: file?.state,
    opened,
    readonly: settings.readonly,
    statementCacheSize: settings.statementCacheSize,
    busyTimeoutMs: settings.busyTimeoutMs,
    dates: settings.dates,
    clock,
    onClosed: () => {
      if (file !== undefined) leaveFile(file.path, file.state);
    },
  });
}

function openDatabase(settings: Settings, context: OperationContext, clock: Clock): NativeDatabase {
  const { location, readonly, fileMustExist, timeout, nativeBinding } = settings;
  try {
    refuseLate(context, clock);
  } catch (error) {
    throw describe(error, settings);
  }
  const name = location.kind === "file" ? location.path : location.kind === "memory" ? ":memory:" : "";
  const options = { readonly, fileMustExist, timeout, ...(nativeBinding !== undefined && { nativeBinding }) };
  try {
    return openNative(name, options);
  } catch (error) {
    throw whyNot(error, name, readonly, fileMustExist);
  }
}

/** The first statements, which also find out whether the file is a database at all. */
async function setUp(
  native: NativeDatabase,
  settings: Settings,
  context: OperationContext,
  clock: Clock,
): Promise<void> {
  const patience = new Patience(context, settings.busyTimeoutMs, new AbortController().signal, clock);
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 25)) {
    try {
      setJournalMode(native, settings);
      // Said always: the native part may have been built with another default.
      native.exec(`PRAGMA synchronous = ${settings.synchronous}`);
      setPragmas(native, settings);
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      await patience.pause(pauseMs, error);
    }
  }
}

function setJournalMode(native: NativeDatabase, { journalMode, location }: Settings): void {
  if (journalMode === undefined) {
    readRows(native, "PRAGMA schema_version");
    return;
  }
  const actual = readRows(native, `PRAGMA journal_mode = ${journalMode}`)[0]?.[0];
  // A database in memory has a journal of its own kind, whatever is asked for.
  if (actual !== journalMode && location.kind === "file") {
    throw unsupported(
      `its journal mode stays "${String(actual)}", because the file system cannot do "${journalMode}" or another connection holds it; give "journalMode" another value`,
    );
  }
}

function setPragmas(native: NativeDatabase, { pragmas }: Settings): void {
  if (pragmas.size === 0) return;
  // SQLite ignores a pragma that it does not know without a word.
  const known = new Set(readRows(native, "SELECT name FROM pragma_pragma_list").map(([name]) => name));
  for (const [name, text] of pragmas) {
    if (!known.has(name)) throw unsupported(`SQLite has no pragma "${name}"`);
    native.exec(text);
  }
}

/** All connections of the process to one file share its state, whatever name each has for it. */
function joinOf({ location }: Settings): { readonly path: string; readonly state: FileState } | undefined {
  if (location.kind !== "file") return undefined;
  const path = realpathSync.native(location.path);
  return { path, state: joinFile(path) };
}

/** SQLite says "unable to open database file" whatever the reason, so the file system is asked. */
function whyNot(error: unknown, path: string, readonly: boolean, fileMustExist: boolean): DriverFault {
  const said = error instanceof Error ? error.message : String(error);
  const { code } = error as { readonly code?: unknown };
  const refused = typeof code === "string" && code.startsWith("SQLITE_CANTOPEN");
  if (!refused && !said.includes("directory does not exist")) {
    return openFailure(`better-sqlite3 did not start: ${said}`, "unsupported", "never", error);
  }
  const fail = (why: string, kind: ErrorKind, retry: "never" | "connect") =>
    openFailure(`cannot open ${path}: ${why}`, kind, retry, error, "SQLITE_CANTOPEN");
  const file = statSync(path, { throwIfNoEntry: false });
  const directory = dirname(path);
  if (!can(directory, constants.F_OK)) return fail("its directory does not exist", "unknown-database", "never");
  if (file === undefined && (readonly || fileMustExist)) return fail("it does not exist", "unknown-database", "never");
  if (file?.isDirectory() === true) return fail("it is a directory", "unknown-database", "never");
  if (file === undefined && !can(directory, constants.W_OK))
    return fail("its directory is read-only", "refused", "never");
  if (file !== undefined && !can(path, constants.R_OK)) return fail("it cannot be read", "refused", "never");
  return fail(said, "refused", "connect");
}

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

const unreadableWal = "it is in WAL mode, and even readers have to write to its directory then";

/** Whatever stopped the set-up, there is no connection now. */
function describe(error: unknown, { location, readonly }: Settings): unknown {
  const info = classify(error);
  const said = error instanceof Error ? error.message : String(error);
  const fail = (why: string, kind: ErrorKind, retry: "never" | "connect") =>
    openFailure(location.kind === "file" ? `cannot open ${location.path}: ${why}` : why, kind, retry, error, info.code);
  switch (info.kind) {
    case "unknown-database":
      return fail("it is not a SQLite database", "unknown-database", "never");
    case "read-only":
      return fail(
        readonly ? unreadableWal : 'it cannot be written to; "readonly: true" only reads it',
        "refused",
        "never",
      );
    case "lock-timeout":
      return fail("it stayed locked by another process", "lock-timeout", "connect");
    case "statement-timeout":
      return fail("there was not enough time", "connect-timeout", "connect");
    default:
      return fail(said, info.kind, info.retry === "never" ? "never" : "connect");
  }
}
