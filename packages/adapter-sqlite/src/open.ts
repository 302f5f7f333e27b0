import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { ErrorKind, OperationContext } from "@nsj/mdb-core";
import { SqliteConnection } from "./connection.ts";
import { isBusy } from "./errors.ts";
import { openFailure, SqliteFailure } from "./failure.ts";
import { type FileState, joinFile, leaveFile } from "./file-state.ts";
import { type NativeDatabase, openNative, readRows } from "./native.ts";
import type { Settings } from "./options.ts";
import { Patience, refuseLate } from "./patience.ts";

/** Opens one connection and sets it up. @throws what says why it cannot be opened; nothing stays open then */
export async function openConnection(settings: Settings, context: OperationContext): Promise<SqliteConnection> {
  refuseLate(context);
  const native = openDatabase(settings);
  let file: { readonly path: string; readonly state: FileState } | undefined;
  try {
    await setUp(native, settings, context);
    file = joinOf(settings);
  } catch (error) {
    native.close();
    throw describe(error, settings);
  }
  return new SqliteConnection({
    native,
    file: file?.state,
    readonly: settings.readonly,
    statementCacheSize: settings.statementCacheSize,
    busyTimeoutMs: settings.busyTimeoutMs,
    onClosed: () => {
      if (file !== undefined) leaveFile(file.path, file.state);
    },
  });
}

function openDatabase({ location, readonly, fileMustExist, timeout, nativeBinding }: Settings): NativeDatabase {
  const name = location.kind === "file" ? location.path : location.kind === "memory" ? ":memory:" : "";
  const options = { readonly, fileMustExist, timeout, ...(nativeBinding !== undefined && { nativeBinding }) };
  try {
    return openNative(name, options);
  } catch (error) {
    throw whyNot(error, name, readonly, fileMustExist);
  }
}

/** The first statements, which also find out whether the file is a database at all. */
async function setUp(native: NativeDatabase, settings: Settings, context: OperationContext): Promise<void> {
  const patience = new Patience(context, settings.busyTimeoutMs, new AbortController().signal);
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 25)) {
    try {
      setJournalMode(native, settings);
      for (const text of settings.pragmas) native.exec(text);
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
    throw openFailure(
      `the journal mode stays "${String(actual)}": the file system cannot do "${journalMode}", or another connection holds it; give "journalMode" another value`,
      "unsupported",
      "never",
    );
  }
  // With WAL a crash of the process loses nothing, and one of the machine nothing but the last commits.
  if (actual === "wal") native.exec("PRAGMA synchronous = NORMAL");
}

/** All connections of the process to one file share its state, whatever name each has for it. */
function joinOf({ location }: Settings): { readonly path: string; readonly state: FileState } | undefined {
  if (location.kind !== "file") return undefined;
  const path = realpathSync.native(location.path);
  return { path, state: joinFile(path) };
}

/** SQLite says "unable to open database file" whatever the reason, so the file system is asked. */
function whyNot(error: unknown, path: string, readonly: boolean, fileMustExist: boolean): SqliteFailure {
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

function describe(error: unknown, { location }: Settings): unknown {
  if (error instanceof SqliteFailure || location.kind !== "file") return error;
  const { code } = error as { readonly code?: unknown };
  if (code !== "SQLITE_NOTADB") return error;
  return openFailure(`${location.path} is not a SQLite database`, "unknown-database", "never", error, code);
}
