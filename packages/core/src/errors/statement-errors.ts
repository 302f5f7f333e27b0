import type { ErrorCode } from "./codes.ts";
import { MdbError, type MdbErrorOptions } from "./mdb-error.ts";

/** A value does not fit the column or type it was meant for: too long, out of range, not a date. */
export class ValueError extends MdbError {
  static override readonly className = "ValueError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_VALUE", message, options);
  }
}

/** The isolation level could not be kept beside concurrent transactions; run the transaction again. */
export class SerializationError extends MdbError {
  static override readonly className = "SerializationError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_SERIALIZATION", message, options);
  }
}

/** The server chose this transaction as the victim of a deadlock; run the transaction again. */
export class DeadlockError extends MdbError {
  static override readonly className = "DeadlockError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_DEADLOCK", message, options);
  }
}

/** A lock was not granted in time. */
export class LockTimeoutError extends MdbError {
  static override readonly className = "LockTimeoutError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_LOCK_TIMEOUT", message, options);
  }
}

/** The base of the two errors of what was stopped before it had answered. */
export class StoppedError extends MdbError {
  static override readonly className: string = "StoppedError";
  /**
   * Whether nobody knows if its work was done and kept: `true` where the server did not confirm that it stopped a statement outside of a transaction, or one whose
   * text can commit by itself. `false`: it was stopped, was never sent, or was undone with its transaction.
   */
  readonly mayHaveRun: boolean = false;
}

/** The statement ran out of time and was stopped on the server. */
export class StatementTimeoutError extends StoppedError {
  static override readonly className = "StatementTimeoutError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_STATEMENT_TIMEOUT", message, options);
  }
}

/** The caller's signal, or an administrator, stopped the statement. `cause` is the signal's reason where there was one. */
export class CancelledError extends StoppedError {
  static override readonly className = "CancelledError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_CANCELLED", message, options);
  }
}

/** The user lacks a privilege. */
export class PermissionError extends MdbError {
  static override readonly className = "PermissionError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_PERMISSION", message, options);
  }
}

/** A write in a read-only transaction, database or standby. */
export class ReadOnlyError extends MdbError {
  static override readonly className = "ReadOnlyError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_READ_ONLY", message, options);
  }
}

/** The server ran out of disk, memory or another resource. */
export class ResourceError extends MdbError {
  static override readonly className = "ResourceError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_RESOURCE", message, options);
  }
}

/** The server refused the statement for a reason without a class of its own; `sqlState` and `vendorCode` tell which. */
export class StatementError extends MdbError {
  static override readonly className = "StatementError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_STATEMENT", message, options);
  }
}

/** What the engine tells about a place in the statement. */
export interface PositionFacts {
  /** 1-based, in UTF-16 code units. */
  readonly position?: number | undefined;
}

/** The statement's text is wrong. The base of the two errors below. */
export class StatementTextError extends MdbError {
  static override readonly className: string = "StatementTextError";
  /** Where in the text, 1-based; `undefined` when the engine does not tell. */
  readonly position: number | undefined;
  constructor(code: ErrorCode, message: string, options: MdbErrorOptions & PositionFacts = {}) {
    super(code, message, options);
    this.position = options.position;
  }
}

/** The server could not parse the statement. */
export class SqlSyntaxError extends StatementTextError {
  static override readonly className = "SqlSyntaxError";
  constructor(message: string, options?: MdbErrorOptions & PositionFacts) {
    super("MDB_SQL_SYNTAX", message, options);
  }
}

/** A table, column, function or other object does not exist. */
export class UndefinedObjectError extends StatementTextError {
  static override readonly className = "UndefinedObjectError";
  constructor(message: string, options?: MdbErrorOptions & PositionFacts) {
    super("MDB_UNDEFINED_OBJECT", message, options);
  }
}
