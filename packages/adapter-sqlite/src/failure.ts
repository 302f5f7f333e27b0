import type { ErrorInfo, ErrorKind } from "@nsj/mdb-core";

/** A registered symbol, because two copies of this package can meet. */
const meaning = Symbol.for("@nsj/mdb-adapter-sqlite/failure");

/** An error that the adapter found by itself. It carries what it means, so that nobody has to guess from its text. */
export class SqliteFailure extends Error {
  /** What SQLite would have called it, where it has a name for it. */
  readonly code: string | undefined;

  constructor(message: string, info: ErrorInfo, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = typeof info.code === "string" ? info.code : undefined;
    Object.defineProperty(this, meaning, { value: Object.freeze({ ...info }) });
    Object.defineProperty(this, "name", { value: "SqliteFailure", configurable: true, writable: true });
  }
}

/** What an error of the adapter means; `undefined` for every other value. */
export function failureInfo(error: unknown): ErrorInfo | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  return (error as { readonly [meaning]?: ErrorInfo })[meaning];
}

/** Nothing reached the database. */
function notExecuted(kind: ErrorKind, code?: string): ErrorInfo {
  return { kind, connection: "ok", executed: "no", retry: "never", ...(code !== undefined && { code }) };
}

/** Nothing came of it; whether SQLite was asked at all shows in its refusal. */
function asked(kind: ErrorKind, refusal: unknown): ErrorInfo {
  return { kind, connection: "ok", executed: refusal === undefined ? "no" : "yes", retry: "never" };
}

/** Parameters do not fit the statement's placeholders. */
export function parameterMismatch(message: string): SqliteFailure {
  return new SqliteFailure(message, notExecuted("parameter"));
}

/** A value that SQLite cannot store as it is. */
export function unstorable(message: string): SqliteFailure {
  return new SqliteFailure(message, notExecuted("value"));
}

/** Something the engine or this adapter cannot do. */
export function unsupported(message: string, cause?: unknown): SqliteFailure {
  return new SqliteFailure(message, notExecuted("unsupported"), cause);
}

/** A write inside `begin({ readOnly: true })`. */
export function readOnlyTransaction(): SqliteFailure {
  const info = notExecuted("read-only", "SQLITE_READONLY");
  return new SqliteFailure("attempt to write in a read-only transaction", info);
}

/** The caller's signal was aborted before the statement ran. */
export function cancelled(signal: AbortSignal): SqliteFailure {
  return new SqliteFailure("aborted before the statement ran", notExecuted("cancelled"), signal.reason);
}

/** The caller's time was over before the statement ran. @param cause - what it was waiting for */
export function outOfTime(cause?: unknown): SqliteFailure {
  return new SqliteFailure("out of time before the statement ran", asked("statement-timeout", cause), cause);
}

/** Somebody else held the lock for the whole `busyTimeoutMs`. @param cause - SQLite's own refusal, where it was asked */
export function lockTimeout(busyTimeoutMs: number, cause?: unknown): SqliteFailure {
  const info: ErrorInfo = { ...asked("lock-timeout", cause), retry: "transaction", code: "SQLITE_BUSY" };
  return new SqliteFailure(`the database stayed locked by another writer for ${busyTimeoutMs} ms`, info, cause);
}

/** `begin` inside a transaction. */
export function transactionOpen(): SqliteFailure {
  return new SqliteFailure("cannot start a transaction within a transaction", notExecuted("other"));
}

/** A savepoint that was not set in this transaction. */
export function noSuchSavepoint(name: string): SqliteFailure {
  return new SqliteFailure(`no such savepoint: ${name}`, notExecuted("undefined-object"));
}

/** The connection was closed or destroyed. */
export function connectionClosed(reason?: unknown): SqliteFailure {
  const info: ErrorInfo = { kind: "lost", connection: "dead", executed: "no", retry: "connect" };
  return new SqliteFailure("the connection is closed", info, reason);
}

/** A stream that was read on although it had been closed, by its transaction's end for instance. Its rows are not complete. */
export function streamClosed(): SqliteFailure {
  return new SqliteFailure("the stream was closed before its last row", {
    kind: "cancelled",
    connection: "ok",
    executed: "yes",
    retry: "never",
  });
}

/** A connection that could not be opened. */
export function openFailure(
  message: string,
  kind: ErrorKind,
  retry: ErrorInfo["retry"],
  cause?: unknown,
  code?: string,
): SqliteFailure {
  const info: ErrorInfo = { kind, connection: "dead", executed: "no", retry, ...(code !== undefined && { code }) };
  return new SqliteFailure(message, info, cause);
}
