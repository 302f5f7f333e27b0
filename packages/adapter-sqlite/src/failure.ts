import { DriverFault, type ErrorInfo, type ErrorKind } from "@nsj/mdb-core";

/** Whether SQLite was asked at all shows in its refusal. */
function executed(refusal: unknown): "no" | "yes" {
  return refusal === undefined ? "no" : "yes";
}

/** Parameters do not fit the statement's placeholders. */
export function parameterMismatch(message: string): DriverFault {
  return new DriverFault(message, { kind: "parameter" });
}

/** A value that SQLite cannot store as it is. */
export function unstorable(message: string): DriverFault {
  return new DriverFault(message, { kind: "value" });
}

/** Something the engine or this adapter cannot do. */
export function unsupported(message: string, cause?: unknown): DriverFault {
  return new DriverFault(message, { kind: "unsupported" }, cause);
}

/** A write inside `begin({ readOnly: true })`. */
export function readOnlyTransaction(): DriverFault {
  return new DriverFault("attempt to write in a read-only transaction", { kind: "read-only", code: "SQLITE_READONLY" });
}

/** The caller's signal was aborted before the statement ran. */
export function cancelled(signal: AbortSignal): DriverFault {
  return new DriverFault("aborted before the statement ran", { kind: "cancelled" }, signal.reason);
}

/** The caller's time was over before the statement ran. @param cause - what it was waiting for */
export function outOfTime(cause?: unknown): DriverFault {
  return new DriverFault(
    "out of time before the statement ran",
    { kind: "statement-timeout", executed: executed(cause) },
    cause,
  );
}

/**
 * Somebody else held the lock for the whole `busyTimeoutMs`. Told as SQLite's own refusal is, whether it was asked or not: what was
 * never executed would be sent again by core, and wait as long once more.
 *
 * @param cause - SQLite's own refusal, where it was asked
 */
export function lockTimeout(busyTimeoutMs: number, cause?: unknown): DriverFault {
  const info = { kind: "lock-timeout", executed: "yes", retry: "transaction", code: "SQLITE_BUSY" } as const;
  return new DriverFault(`the database stayed locked by another writer for ${busyTimeoutMs} ms`, info, cause);
}

/** `begin` inside a transaction. */
export function transactionOpen(): DriverFault {
  return new DriverFault("cannot start a transaction within a transaction", { kind: "other" });
}

/** A savepoint that was not set in this transaction. */
export function noSuchSavepoint(name: string): DriverFault {
  return new DriverFault(`no such savepoint: ${name}`, { kind: "undefined-object" });
}

/** The connection was closed or destroyed. */
export function connectionClosed(reason?: unknown): DriverFault {
  return new DriverFault("the connection is closed", { kind: "lost", connection: "dead", retry: "connect" }, reason);
}

/** The connection's file is not the one any more that its name leads to; nothing was written there. */
export function fileMoved(): DriverFault {
  const info = { kind: "lost", connection: "dead", retry: "transaction", code: "SQLITE_READONLY_DBMOVED" } as const;
  return new DriverFault("the file was deleted, or another one was put in its place, since it was opened", info);
}

/** A stream that was read on although it had been closed, by its transaction's end for instance. Its rows are not complete. */
export function streamClosed(): DriverFault {
  return new DriverFault("the stream was closed before its last row", { kind: "cancelled", executed: "yes" });
}

/** A connection that could not be opened. */
export function openFailure(
  message: string,
  kind: ErrorKind,
  retry: ErrorInfo["retry"],
  cause?: unknown,
  code?: ErrorInfo["code"],
): DriverFault {
  return new DriverFault(message, { kind, connection: "dead", retry, ...(code !== undefined && { code }) }, cause);
}
